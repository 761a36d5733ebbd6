#include "output/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "output/path_component.h"

namespace fanout {
namespace {

constexpr std::size_t kLongestPath = 3500;  // bytes; the system's limit is 4,096 with the output folder's own

// A line break in JSON text stands between tokens, where a space says the same.
void append_on_one_line(std::string& text, std::string_view json) {
  const auto begin = text.size();
  text += json.empty() ? std::string_view("null") : json;
  for (const char line_break : {'\n', '\r'}) {
    for (auto at = text.find(line_break, begin); at != std::string::npos;
         at = text.find(line_break, at + 1)) {
      text[at] = ' ';
    }
  }
}

// What a rule keeps though it is no JSON. Bytes that are no UTF-8 become U+FFFD.
void append_as_text(std::string& text, const std::string& body) {
  text += nlohmann::json(body).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<std::vector<std::string>> rows_of(const Record& record, Expressions& expressions,
                                                std::string* why) {
  std::string failure;
  auto rows =
      expressions.select(record.output->select, record.parents, record.text(), record.fetched_at, &failure);
  if (!rows) *why = "select failed: " + failure;
  return rows;
}

}  // namespace

std::string ending_of(const std::string& path) {
  const auto name = path.substr(path.rfind('/') + 1);
  const bool compressed = name.ends_with(".gz") || name.ends_with(".zst");
  auto dot = name.rfind('.');
  if (compressed && dot > 0) {
    if (const auto before = name.rfind('.', dot - 1); before != std::string::npos) dot = before;
  }
  return dot == std::string::npos || dot == 0 ? std::string() : name.substr(dot);
}

std::optional<std::string> path_of(const Record& record, std::string* why) {
  const auto& to = record.output->to;
  std::string missing;
  const auto expanded = to.expand_raw(record.names, safe_component, &missing);
  if (!expanded) {
    *why = fmt::format("the output's path {} cannot be filled in: {} has no value", to.text(), missing);
    return std::nullopt;
  }
  std::string path;
  for (std::size_t begin = 0; begin <= expanded->size();) {
    const auto end = std::min(expanded->find('/', begin), expanded->size());
    const bool last = end == expanded->size();
    path += short_component(expanded->substr(begin, end - begin), last ? ending_of(*expanded) : "");
    if (!last) path += '/';
    begin = end + 1;
  }
  if (path.size() <= kLongestPath) return path;
  *why = fmt::format("the output's path {} becomes longer than {} bytes", to.text(), kLongestPath);
  return std::nullopt;
}

std::optional<std::size_t> append_lines(const Record& record, Expressions& expressions, std::string& text,
                                        std::string* why) {
  if (record.output->select.empty()) {
    text += "{\"parents\":";
    append_on_one_line(text, record.parents);
    text += ",\"fetched_at\":\"";
    text += record.fetched_at;
    text += "\",\"body\":";
    if (record.body_is_json) {
      append_on_one_line(text, record.text());
    } else {
      append_as_text(text, record.text());
    }
    text += "}\n";
    return 1;
  }
  const auto rows = rows_of(record, expressions, why);
  if (!rows) return std::nullopt;
  for (const auto& row : *rows) {
    append_on_one_line(text, row);
    text += '\n';
  }
  return rows->size();
}

std::optional<std::string> whole_file(const Record& record, Expressions& expressions, std::string* why) {
  if (record.output->select.empty()) return record.body;
  const auto rows = rows_of(record, expressions, why);
  if (!rows) return std::nullopt;
  std::string text = "[";
  for (const auto& row : *rows) text += (text.size() > 1 ? ",\n" : "") + row;
  return text + "]\n";
}

}  // namespace fanout
