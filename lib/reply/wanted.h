// What is wanted of a reply's JSON, and what was found of it.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/redactor.h"
#include "spec/json_path.h"
#include "task/outcome.h"

namespace fanout {

// What is wanted of a body; null: nothing of that kind.
struct Wanted {
  const JsonPath* items = nullptr;  // leads to one array of items or, with [*], to each item
  const JsonPath* total = nullptr;
  const JsonPath* pages = nullptr;
  std::int64_t max_items = 0;
  bool missing_is_empty = false;       // no list, or null in its place, is an empty one
  bool single_is_item = false;         // an object in its place is a list of one
  const Redactor* redactor = nullptr;  // for what is said about the body
  // Given each item in order. Says what is wrong with it, or nothing; after a complaint it gets no more.
  // A number that a double or 64 bits do not hold as it is written is as reply/written_number.h says.
  std::function<std::string(const nlohmann::json& item)> take;
};

struct Scanned {
  Fault fault = Fault::none;  // malformed, too_deep, not_as_level
  std::string detail;
  std::int64_t items = 0;
  std::optional<std::int64_t> total;  // as the reply says, a whole number or the text of one
  std::optional<std::int64_t> pages;
};

}  // namespace fanout
