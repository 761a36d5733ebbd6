#include "daemon/fanoutctl/rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/layout.h"

namespace fanout {
namespace {

bool is_empty(const Rows& rows, const std::string& column) {
  return std::ranges::all_of(rows, [&](const Row& row) { return cell(row, column).empty(); });
}

bool is_number(const Rows& rows, const std::string& column) {
  return std::ranges::all_of(
      rows, [&](const Row& row) { return row.at(column).is_number() || row.at(column).is_null(); });
}

// Numbers that are typed again elsewhere, and so are not grouped.
bool is_name(const std::string& column) { return column == "run" || column == "task" || column == "status"; }

}  // namespace

Rows rows_of(Statement& statement) {
  Rows rows;
  while (statement.step()) {
    Row row = Row::object();
    for (int i = 0; i < statement.columns(); ++i) {
      auto& value = row[std::string(statement.column_name(i))];
      switch (statement.kind(i)) {
        case Statement::Kind::null:
          break;
        case Statement::Kind::integer:
          value = statement.integer(i);
          break;
        case Statement::Kind::real:
          value = statement.real(i);
          break;
        case Statement::Kind::text:
          value = std::string(statement.text(i));
          break;
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string cell(const Row& row, const std::string& column) {
  const auto& value = row.at(column);
  if (value.is_null()) return {};
  if (value.is_number_integer()) return is_name(column) ? value.dump() : grouped(value.get<std::int64_t>());
  if (value.is_number()) return fmt::format("{:.1f}", value.get<double>());
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, Row::error_handler_t::replace);
}

std::string table_of(const Rows& rows, const std::vector<std::string>& columns, std::size_t width) {
  std::vector<Column> shown;
  std::vector<std::vector<std::string>> cells(rows.size());
  for (const auto& column : columns) {
    if (is_empty(rows, column)) continue;
    auto title = column;
    std::ranges::replace(title, '_', ' ');
    shown.push_back({title, is_number(rows, column)});
    for (std::size_t i = 0; i < rows.size(); ++i) cells[i].push_back(cell(rows[i], column));
  }
  std::string text;
  for (const auto& line : table_lines(shown, cells)) text += (width > 0 ? fit(line, width) : line) + "\n";
  return text;
}

nlohmann::ordered_json json_of(const Rows& rows) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& row : rows) list.push_back(row);
  return list;
}

}  // namespace fanout
