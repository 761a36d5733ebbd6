// Text for people: columns that line up, lines that fit a terminal. Pure.
//
// Width is counted in code points, which is right for everything but the widest scripts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fanout {

std::size_t width_of(std::string_view text);
// Control characters, which a vendor's text may hold, become spaces.
std::string one_line(std::string_view text);
// One line of at most that width; what is cut off shows as "…".
std::string fit(std::string_view text, std::size_t width);
std::string grouped(std::int64_t number);  // 30,401

struct Column {
  std::string title;
  bool right = false;  // numbers
};

// A line for the titles, then one for each row. Rows have as many cells as there are columns.
std::vector<std::string> table_lines(const std::vector<Column>& columns,
                                     const std::vector<std::vector<std::string>>& rows);

}  // namespace fanout
