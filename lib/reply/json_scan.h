// Reads a reply's JSON once, from front to back, and hands out its items one by one. Pure.
//
// There is never a tree of the whole body, only of the item at hand: a hostile 16 MiB of "[[],[],…" would
// make half a gigabyte of it. What is checked meanwhile: that it is JSON (RFC 8259, UTF-8) and not nested too
// deep.
#pragma once

#include <string_view>

#include "reply/wanted.h"

namespace fanout {

constexpr std::size_t kDeepest = 64;  // arrays and objects in one another; honest replies have a dozen

Scanned scan_json(std::string_view body, const Wanted& wanted);

}  // namespace fanout
