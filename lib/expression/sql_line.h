// An expression's tokens, and what stands around each. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fanout {

// Of the text that it is read from.
struct SqlToken {
  enum class Kind { name, quoted, number, parameter, sign, end };
  Kind kind = Kind::end;
  std::string_view text;
};

class SqlLine {
 public:
  enum class Parameters { refused, allowed };

  // Nothing where the text could break out of the place that it is put into; `wrong` then says how.
  static std::optional<SqlLine> read(std::string_view text, Parameters parameters, std::string& wrong);

  std::size_t size() const { return tokens_.size(); }
  SqlToken at(std::size_t i) const { return i < tokens_.size() ? tokens_[i] : SqlToken{}; }
  SqlToken before(std::size_t i) const { return i > 0 ? tokens_[i - 1] : SqlToken{}; }

  // Not an alias, a column of something else, or a function of that name.
  bool is_bare_name(std::size_t i) const;
  bool has_constant_path(std::size_t i) const;
  bool opens_json_table(std::size_t i) const;
  // `name AS (`, `name (columns) AS NOT MATERIALIZED (`
  bool names_a_table(std::size_t i) const;
  // A text behind an arrow, or a further argument of a function that takes nothing but paths there.
  bool is_json_path(std::size_t i) const;

 private:
  explicit SqlLine(std::vector<SqlToken> tokens) : tokens_(std::move(tokens)) {}
  std::size_t after_parenthesis(std::size_t i) const;
  std::string_view function_around(std::size_t i) const;

  std::vector<SqlToken> tokens_;
};

bool same_word(std::string_view a, std::string_view b);
// A name or a text without its quotes.
std::string unquoted(std::string_view name);

}  // namespace fanout
