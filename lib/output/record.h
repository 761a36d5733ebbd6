// One answer to keep, for one output. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "spec/config.h"

namespace fanout {

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

}  // namespace fanout
