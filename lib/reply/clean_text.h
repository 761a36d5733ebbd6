// The text of a body, cleaned once: what is read, ruled on, selected from and kept as lines. Pure.
//
// A byte order mark before it is no part of JSON. Half a surrogate pair (`\\ud800` alone) names no character;
// it becomes U+FFFD, as in browsers. Everything else stays as the vendor wrote it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fanout {

// Nothing where the body is clean already, as nearly all are.
std::optional<std::string> cleaned(std::string_view body);

}  // namespace fanout
