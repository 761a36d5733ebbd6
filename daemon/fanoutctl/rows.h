// What a query finds, to be shown as a table or as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "store/sqlite/database.h"

namespace fanout {

// A row is an object: numbers are numbers, no value is null.
using Row = nlohmann::ordered_json;
using Rows = std::vector<Row>;

template <typename... Values>
Rows rows_of(const Database& database, const std::string& sql, const Values&... values);
Rows rows_of(Statement& statement);

// A cell as people read it: 30,401 for counts, nothing for null.
std::string cell(const Row& row, const std::string& column);
// These columns of the rows, with their names as titles, "_" as a space. Columns that are empty in all rows
// are left out. The last is cut to fit `width`; 0: it is not.
std::string table_of(const Rows& rows, const std::vector<std::string>& columns, std::size_t width);

nlohmann::ordered_json json_of(const Rows& rows);

// ---- templates

template <typename... Values>
Rows rows_of(const Database& database, const std::string& sql, const Values&... values) {
  Statement statement(database, sql);
  statement.bind(values...);
  return rows_of(statement);
}

}  // namespace fanout
