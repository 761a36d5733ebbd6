// One answer to keep, and what of it goes into a file. Pure but for the select's evaluation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "expression/expression.h"
#include "spec/config.h"

namespace fanout {

// One answer to keep, for one output.
struct Record {
  std::int64_t run = 0;
  std::int64_t task = 0;
  const OutputSpec* output = nullptr;
  Template::Lookup names;                   // for the output's path
  std::string parents;                      // JSON text
  std::string fetched_at;                   // UTC text
  std::string body;                         // as it came
  std::optional<std::string> cleaned_body;  // what was read of it, where that is another text
  bool body_is_json = true;                 // the text(); else a line holds it as one JSON text

  // What lines are made of, and what a select sees.
  const std::string& text() const { return cleaned_body ? *cleaned_body : body; }
};

// The path that the record's output names for it, below the output folder. Nothing if it has none; *why then
// says so.
std::optional<std::string> path_of(const Record& record, std::string* why);

// ".ndjson.zst" of "processed/data.ndjson.zst".
std::string ending_of(const std::string& path);

// Appends the record to `text` as lines: one without `select`, else one a row. Gives their number; nothing,
// and nothing appended, if the select fails on this answer.
std::optional<std::size_t> append_lines(const Record& record, Expressions& expressions, std::string& text,
                                        std::string* why);

// As the whole content of a file of its own: the body as it came, or an array of the select's rows.
std::optional<std::string> whole_file(const Record& record, Expressions& expressions, std::string* why);

}  // namespace fanout
