// The text of an expression on its way to SQLite: names become parameters, and nothing breaks out. Pure.
//
// An expression names what it is given as if it were a column: `item->>'$.id'`. Outside of quotes such a name
// becomes the parameter `:item`, wherever it stands, so that also `FROM json_each(body)` works.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fanout {

struct GivenName {
  std::string name;
  bool is_json = false;
};

// Nothing where the text could break out of the place that it is put into: a parenthesis too many or too few,
// a semicolon, an open quote or comment, or a parameter. Comments become blanks.
//
// A JSON name becomes a plain parameter where a constant path follows (`body->>'$.x'`): SQLite looks that up
// once for all rows. Elsewhere it becomes `reread(:body)`, and in the arguments of json_each and json_tree
// `reparse(:body)`, so that what each further row costs can be counted (expression/sandbox.cpp).
std::optional<std::string> with_parameters(std::string_view expression, const std::vector<GivenName>& given,
                                           std::string* why);

// What SQLite says about it, in the words of the expression: `:body`, `reread(:body)` and `reparse(:body)`
// are `body` again.
std::string as_written(std::string text, const std::vector<GivenName>& given);

// A "did you mean" where the text that SQLite got has an unknown name at the place of its error; else empty.
std::string hint_at(std::string_view sql, std::size_t place, const std::vector<GivenName>& given);

// It begins as what gives rows does: SELECT, WITH or VALUES.
bool begins_a_query(std::string_view expression);

// The names that the expression gives to tables of its own, in lower case: `WITH name AS (…)`. Names of
// windows may be among them.
std::vector<std::string> tables_named_in(std::string_view expression);

// The first JSON path in it that SQLite would stumble over, or never find anything by; empty if there is
// none.
std::string bad_json_path_in(std::string_view expression);

}  // namespace fanout
