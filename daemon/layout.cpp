#include "daemon/layout.h"

#include <algorithm>

namespace fanout {
namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string space(width - std::min(width, width_of(text)), ' ');
  return right ? space + text : text + space;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string one_line(std::string_view text) {
  std::string safe(text);
  for (char& c : safe) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return safe;
}

std::string fit(std::string_view text, std::size_t width) {
  auto line = one_line(text);
  if (width_of(line) <= width) return line;
  if (width == 0) return {};
  std::size_t characters = 0, end = 0;
  while (end < line.size() && (characters += begins_character(line[end]) ? 1 : 0) < width) ++end;
  return line.substr(0, end) + "…";
}

std::string grouped(std::int64_t number) {
  auto text = std::to_string(number);
  const std::ptrdiff_t first = number < 0 ? 1 : 0;
  for (auto at = std::ssize(text) - 3; at > first; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::vector<std::string> table_lines(const std::vector<Column>& columns,
                                     const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::string> titles;
  titles.reserve(columns.size());
  for (const auto& column : columns) titles.push_back(column.title);
  std::vector<std::vector<std::string>> all{titles};
  for (const auto& row : rows) {
    all.emplace_back();
    for (const auto& cell : row) all.back().push_back(one_line(cell));
  }
  std::vector<std::size_t> widths(columns.size());
  for (const auto& row : all) {
    for (std::size_t i = 0; i < columns.size(); ++i) widths[i] = std::max(widths[i], width_of(row.at(i)));
  }
  std::vector<std::string> lines;
  for (const auto& row : all) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      line += (i == 0 ? "" : "  ") + padded(row[i], widths[i], columns[i].right);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace fanout
