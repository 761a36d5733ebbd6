// The rows of limit_headers.csv: what real vendors send, and what it means.
#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "reply/told_limits.h"

namespace fanout {

// When they are read.
inline constexpr WallTime kNowOfRows = std::chrono::sys_days(std::chrono::year(2024) / 1 / 1);

struct LimitRow {
  std::string api;
  int status = 0;
  HeaderList headers;
  std::optional<WallTime> date;
  std::optional<double> limit, remaining, reset_in, window, retry_after;
  std::optional<std::int64_t> reset_at;  // unix seconds, from its note
  std::string note;
};

inline std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields{""};
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[++i];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else if (line[i] != '\r') {
      fields.back() += line[i];
    }
  }
  return fields;
}

inline HeaderList headers_of(const std::string& text) {
  HeaderList headers;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(" | ", begin), text.size());
    const auto line = text.substr(begin, end - begin);
    const auto colon = line.find(':');
    std::string name = line.substr(0, colon);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto value = line.find_first_not_of(' ', colon + 1);
    headers.emplace_back(name, value == std::string::npos ? "" : line.substr(value));
    begin = end + 3;
  }
  return headers;
}

inline std::vector<LimitRow> limit_rows() {
  const auto number = [](const std::string& text) {
    return text.empty() ? std::optional<double>() : std::optional(std::stod(text));
  };
  std::ifstream file(SOURCE_DIR "/tests/reply/limit_headers.csv");
  std::vector<LimitRow> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto fields = fields_of(line);
    LimitRow row;
    row.api = fields.at(0);
    row.status = std::stoi(fields.at(1));
    row.headers = headers_of(fields.at(2));
    if (!fields.at(3).empty()) row.date = moment_of({{"date", fields.at(3)}}, WallTime{});
    row.limit = number(fields.at(4));
    row.remaining = number(fields.at(5));
    row.reset_in = number(fields.at(6));
    row.window = number(fields.at(7));
    row.retry_after = number(fields.at(8));
    row.note = fields.at(10);
    if (const auto at = row.note.find("reset_at="); at != std::string::npos)
      row.reset_at = std::stoll(row.note.substr(at + 9));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace fanout
