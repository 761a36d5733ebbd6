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

}  // namespace fanout
