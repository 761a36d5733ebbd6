// When a limit begins anew and how long its window is, in every form in which vendors write it. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace fanout {

struct ResetIn {
  milliseconds in{0};     // never below zero
  bool is_delta = false;  // told as a length, so no clock had a say in it
};

// Seconds, `6m0s`, or a moment: unix seconds or milliseconds, an HTTP date, RFC 3339. now: by the vendor's
// clock, where that is known. Nothing for what is none, or further away than any limit lasts.
std::optional<ResetIn> read_reset(std::string_view text, WallTime now, bool in_milliseconds);

// Seconds, `1s`, `1h30m`, "minute".
std::optional<milliseconds> read_window(std::string_view text, bool in_milliseconds);

}  // namespace fanout
