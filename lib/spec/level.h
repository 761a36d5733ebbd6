// A level: one kind of request, asked once for each item of its parent level. Checked and complete: the
// configuration layer makes these, everything else only reads them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "spec/json_path.h"
#include "spec/page.h"
#include "spec/rule.h"
#include "spec/template.h"

namespace fanout {

struct Level {
  std::string name;
  int parent = -1;  // index into the pipeline's levels
  int depth = 0;    // 0 on the first level
  std::vector<int> children;

  Template path;
  std::vector<std::pair<std::string, Template>> query;
  std::vector<std::pair<std::string, Template>> headers;
  Page page;

  std::optional<JsonPath> items;  // absent: the reply lists nothing
  std::vector<std::string> keep;  // fields of an item that its descendants may name, e.g. "attributes.name"
  std::vector<std::string> optional;  // those of them that an item may lack
  bool missing_is_empty = false;      // missing = "empty": no list, or null for it, is an empty list
  bool single_is_item = false;        // single = "item": one object instead of a list is a list of one
  JsonPath key;                       // within an item; "$.id" unless said otherwise
  bool key_is_default = true;         // then an item without it is known by its hash
  bool unique_in_run = false;         // unique = "run"
  std::string where;                  // SQL condition over item; empty: all
  std::optional<double> tolerate;     // share of dead ones above which the run is stopped; absent: never
  int cost = 1;                       // what a request counts for in the vendor's rates
  std::vector<std::size_t> limits;    // of its vendor's, those that bind it and not all others
  std::int64_t max_items = 100'000;   // a reply with more is dead, not a memory problem
  std::vector<Rule> rules;            // the level's own first, then the vendor's
};

}  // namespace fanout
