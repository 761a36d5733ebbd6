// Letters and digits of ASCII and no others, whatever the locale. Pure.
#pragma once

#include <string>
#include <string_view>

namespace fanout {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

inline std::string lower(std::string_view text) {
  std::string low(text);
  for (char& c : low)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return low;
}

// Optional blanks of RFC 9110.
inline constexpr std::string_view kBlanks = " \t";

// Without those of `what` at both ends.
constexpr std::string_view stripped(std::string_view text, std::string_view what = kBlanks) {
  const auto first = text.find_first_not_of(what);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(what) - first + 1);
}

// A token of RFC 9110.
constexpr bool is_header_name(std::string_view name) {
  for (const char c : name) {
    const bool alphanumeric = is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!alphanumeric && std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos) return false;
  }
  return !name.empty();
}

}  // namespace fanout
