// Letters of ASCII and no others, whatever the locale. Pure.
#pragma once

#include <string>
#include <string_view>

namespace fanout {

inline std::string lower(std::string_view text) {
  std::string low(text);
  for (char& c : low)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return low;
}

// A token of RFC 9110.
constexpr bool is_header_name(std::string_view name) {
  for (const char c : name) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!alphanumeric && std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos) return false;
  }
  return !name.empty();
}

}  // namespace fanout
