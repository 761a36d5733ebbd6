// A few words of what a vendor sent, fit for a log line, a row and a terminal. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/redactor.h"

namespace fanout {

constexpr std::size_t kLongestExcerpt = 200;  // bytes

// The beginning on one line: valid UTF-8 without control characters, whatever the text holds. "…" where it
// was cut.
std::string excerpt(std::string_view text);
// The same, redacted before it is cut.
std::string excerpt(std::string_view text, const Redactor& redactor);

}  // namespace fanout
