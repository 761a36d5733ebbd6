// What the test of a row of a table is called: the row's words, and its number, since two rows may read
// alike.
#pragma once

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>

namespace fanout {

// "0 2 * * mon" of row 7 is "02Mon_7".
inline std::string row_name(std::string_view text, std::size_t index) {
  constexpr std::size_t kLongest = 40;
  std::string name;
  bool begins_word = true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool counts = byte < 128 && std::isalnum(byte) != 0;
    if (counts && name.size() < kLongest) {
      name += begins_word ? static_cast<char>(std::toupper(byte)) : c;
    }
    begins_word = !counts;
  }
  return (name.empty() ? "Row" : name) + "_" + std::to_string(index);
}

}  // namespace fanout
