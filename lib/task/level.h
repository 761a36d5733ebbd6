// A level: one kind of request, asked once for each item of its parent level. Checked and complete: the
// configuration layer makes these, everything else only reads them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "task/json_path.h"
#include "task/outcome.h"
#include "task/template.h"

namespace fanout {

struct Page {
  enum class Kind { none, offset, number };
  Kind kind = Kind::none;
  std::string param;              // "offset", "page"
  std::string size_param;         // "size", "per_page"; empty: not sent
  int size = 0;                   // items a page
  int first = 1;                  // kind number: the number of the first page
  std::optional<JsonPath> total;  // items in the whole list
  std::optional<JsonPath> pages;  // pages in the whole list
};

struct Rule {
  std::string when;  // SQL condition over status, body, header('name')
  Verdict then = Verdict::dead;
  milliseconds snooze{0};
};

struct Level {
  std::string name;
  int parent = -1;  // index into the pipeline's levels
  int depth = 0;    // 0 on the first level
  std::vector<int> children;

  Template path;
  std::vector<std::pair<std::string, Template>> query;
  std::vector<std::pair<std::string, Template>> headers;
  Page page;

  std::optional<JsonPath> items;     // absent: the reply lists nothing
  std::vector<std::string> keep;     // fields of an item that its descendants may name
  JsonPath key;                      // within an item; "$.id" unless said otherwise
  bool key_is_default = true;        // then an item without it is known by its hash
  bool unique_in_run = false;        // unique = "run"
  std::string where;                 // SQL condition over item; empty: all
  std::int64_t max_items = 100'000;  // a reply with more is dead, not a memory problem
  std::vector<Rule> rules;           // the level's own first, then the vendor's
};

}  // namespace fanout
