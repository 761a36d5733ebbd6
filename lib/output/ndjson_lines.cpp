// Many records in a file, a line of JSON each.
#include <nlohmann/json.hpp>

#include "output/format.h"

namespace fanout {
namespace {

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

class NdjsonLines : public OutputFormat {
 public:
  std::string_view ending() const override { return ".ndjson"; }
  std::string_view described() const override { return "records, a line each"; }
  bool one_file_per_answer() const override { return false; }

  std::optional<std::size_t> append(const Record& record, Expressions& expressions, std::string& text,
                                    std::string* why) const override {
    if (record.output->select.empty()) {
      append_answer(record, text);
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

 private:
  static void append_answer(const Record& record, std::string& text) {
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
  }
};

}  // namespace

const OutputFormat& ndjson_lines() {
  static const NdjsonLines format;
  return format;
}

}  // namespace fanout
