#include "expression/sql_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/wording.h"

namespace fanout {
namespace {

bool starts_name(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u == '_' || u >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? x + ('a' - 'A') : int(x)) ==
           (y >= 'A' && y <= 'Z' ? y + ('a' - 'A') : int(y));
  });
}

struct Token {
  enum class Kind { name, quoted, number, parameter, sign, end };
  Kind kind = Kind::end;
  std::string_view text;
};

// SQLite's tokens, as far as it matters here where one begins and ends.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  // `open` is set where a quote or comment does not end.
  Token next(std::string& open) {
    skip_blanks(open);
    if (at_ >= text_.size()) return {};
    const std::size_t begin = at_;
    const char c = text_[at_];
    if (c == '\'' || c == '"' || c == '`' || c == '[') return quoted(begin, c == '[' ? ']' : c, open);
    if (starts_name(c)) return word(begin, Token::Kind::name);
    if (is_digit(c)) return word(begin, Token::Kind::number);
    if (c == '?' || c == ':' || c == '@' || c == '$' || c == '#') return word(begin, Token::Kind::parameter);
    at_ += text_.substr(at_).starts_with("->>") ? 3 : text_.substr(at_).starts_with("->") ? 2 : 1;
    return {Token::Kind::sign, text_.substr(begin, at_ - begin)};
  }

 private:
  void skip_blanks(std::string& open) {
    while (at_ < text_.size()) {
      if (is_blank(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_).starts_with("--")) {
        at_ = std::min(text_.size(), text_.find('\n', at_));
      } else if (text_.substr(at_).starts_with("/*")) {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) open = "a comment does not end";
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else {
        return;
      }
    }
  }

  Token quoted(std::size_t begin, char quote, std::string& open) {
    ++at_;
    while (true) {
      at_ = text_.find(quote, at_);
      if (at_ == std::string_view::npos) {
        at_ = text_.size();
        open = fmt::format("a {} is not closed", text_[begin]);
        return {};
      }
      ++at_;
      const bool doubled = quote != ']' && at_ < text_.size() && text_[at_] == quote;
      if (!doubled) return {Token::Kind::quoted, text_.substr(begin, at_ - begin)};
      ++at_;
    }
  }

  Token word(std::size_t begin, Token::Kind kind) {
    ++at_;
    while (at_ < text_.size() && (starts_name(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '$'))
      ++at_;
    return {kind, text_.substr(begin, at_ - begin)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

enum class Parameters { refused, allowed };

std::optional<std::vector<Token>> tokens_of(std::string_view text, std::string& wrong,
                                            Parameters parameters = Parameters::refused) {
  if (text.find('\0') != std::string_view::npos) {
    wrong = "it holds a zero byte";
    return std::nullopt;
  }
  std::vector<Token> tokens;
  Tokens reading(text);
  int depth = 0;
  for (Token token = reading.next(wrong); token.kind != Token::Kind::end; token = reading.next(wrong)) {
    if (token.text == "(") ++depth;
    if (token.text == ")" && --depth < 0) wrong = "a parenthesis closes that was never opened";
    if (token.text == ";") wrong = "it is one expression: no semicolon";
    if (token.kind == Token::Kind::parameter && parameters == Parameters::refused)
      wrong = "it takes no parameters such as " + std::string(token.text);
    if (!wrong.empty()) return std::nullopt;
    tokens.push_back(token);
  }
  if (wrong.empty() && depth > 0) wrong = "a parenthesis is not closed";
  if (wrong.empty() && tokens.empty()) wrong = "it is empty";
  if (!wrong.empty()) return std::nullopt;
  return tokens;
}

// The tokens of an expression with what stands around the one in question.
class Line {
 public:
  explicit Line(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
  std::size_t size() const { return tokens_.size(); }
  Token at(std::size_t i) const { return i < tokens_.size() ? tokens_[i] : Token{}; }
  Token before(std::size_t i) const { return i > 0 ? tokens_[i - 1] : Token{}; }

  // Not an alias, a column of something else, or a function of that name.
  bool is_bare_name(std::size_t i) const {
    return at(i).kind == Token::Kind::name && !same_word(before(i).text, "as") && before(i).text != "." &&
           at(i + 1).text != "." && at(i + 1).text != "(";
  }
  bool has_constant_path(std::size_t i) const {
    const bool path = at(i + 1).text == "->" || at(i + 1).text == "->>";
    return path && (at(i + 2).kind == Token::Kind::quoted || at(i + 2).kind == Token::Kind::number);
  }
  bool opens_json_table(std::size_t i) const {
    return at(i).text == "(" &&
           (same_word(before(i).text, "json_each") || same_word(before(i).text, "json_tree"));
  }
  // `name AS (`, `name (columns) AS NOT MATERIALIZED (`
  bool names_a_table(std::size_t i) const {
    std::size_t next = i + 1;
    if (at(next).text == "(") next = after_parenthesis(next);
    if (!same_word(at(next).text, "as")) return false;
    ++next;
    if (same_word(at(next).text, "not")) ++next;
    if (same_word(at(next).text, "materialized")) ++next;
    return at(next).text == "(";
  }
  // A text behind an arrow, or a further argument of a function that takes nothing but paths there.
  bool is_json_path(std::size_t i) const {
    static constexpr auto kTakers = std::to_array<std::string_view>(
        {"json_each", "json_tree", "json_extract", "json_type", "json_array_length", "json_remove"});
    if (!at(i).text.starts_with('\'')) return false;
    if (before(i).text == "->" || before(i).text == "->>") return true;
    const std::string_view function = function_around(i);
    return before(i).text == "," &&
           std::ranges::any_of(kTakers, [&](std::string_view taker) { return same_word(taker, function); });
  }

 private:
  std::size_t after_parenthesis(std::size_t i) const {
    int depth = 0;
    for (; i < size(); ++i) {
      if (at(i).text == "(") ++depth;
      if (at(i).text == ")" && --depth == 0) break;
    }
    return i + 1;
  }
  std::string_view function_around(std::size_t i) const {
    int depth = 0;
    while (i > 0) {
      --i;
      if (at(i).text == ")") ++depth;
      if (at(i).text == "(" && --depth < 0) return before(i).text;
    }
    return {};
  }

  std::vector<Token> tokens_;
};

std::optional<Line> line_of(std::string_view text) {
  std::string wrong;
  std::optional<std::vector<Token>> tokens = tokens_of(text, wrong, Parameters::allowed);
  if (!tokens) return std::nullopt;
  return Line(std::move(*tokens));
}

std::string unquoted(std::string_view name) {
  if (name.size() < 2 || std::string_view("'\"`[").find(name.front()) == std::string_view::npos)
    return std::string(name);
  const char quote = name.back();
  std::string text;
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    text += name[i];
    if (name[i] == quote && name[i + 1] == quote) ++i;
  }
  return text;
}

// What stands between brackets: `3`, `#`, `#-1`.
bool is_json_index(std::string_view index) {
  if (index == "#") return true;
  if (index.starts_with("#-")) index.remove_prefix(2);
  return !index.empty() && std::ranges::all_of(index, is_digit);
}

// As SQLite reads them: `$`, then `.name`, `."any name"` or an index in brackets, as often as there is.
bool is_json_path(std::string_view path) {
  path.remove_prefix(1);
  while (!path.empty()) {
    std::size_t end = 0;
    if (path.starts_with("[")) {
      end = path.find(']');
      if (end == std::string_view::npos || !is_json_index(path.substr(1, end - 1))) return false;
      ++end;
    } else if (path.starts_with(".\"")) {
      end = 2;
      while (end < path.size() && path[end] != '"') end += path[end] == '\\' ? 2 : 1;
      if (end >= path.size()) return false;
      ++end;
    } else {
      end = std::min(path.size(), path.find_first_of(".[", 1));
      if (path.front() != '.' || end == 1) return false;
    }
    path.remove_prefix(end);
  }
  return true;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::optional<std::string> with_parameters(std::string_view expression, const std::vector<GivenName>& given,
                                           std::string* why) {
  std::string wrong;
  const std::optional<std::vector<Token>> tokens = tokens_of(expression, wrong);
  if (!tokens) {
    if (why != nullptr) *why = wrong;
    return std::nullopt;
  }
  const Line line(*tokens);
  std::string sql;
  std::vector<bool> in_json_table;  // for each open parenthesis
  for (std::size_t i = 0; i < line.size(); ++i) {
    const Token token = line.at(i), before = line.before(i);
    // What stood together stays together (`t.value`, `x'00'`), and what stood apart stays apart.
    if (i > 0 && before.text.data() + before.text.size() != token.text.data()) sql += ' ';
    const auto name = std::find_if(given.begin(), given.end(), [&](const GivenName& candidate) {
      return same_word(candidate.name, token.text);
    });
    if (name == given.end() || !line.is_bare_name(i)) {
      sql += token.text;
    } else if (name->is_json && !in_json_table.empty() && in_json_table.back()) {
      sql += "reparse(:" + name->name + ")";
    } else if (name->is_json && !line.has_constant_path(i)) {
      sql += "reread(:" + name->name + ")";
    } else {
      sql += ":" + name->name;
    }
    if (token.text == "(") {
      in_json_table.push_back(line.opens_json_table(i) || (!in_json_table.empty() && in_json_table.back()));
    }
    if (token.text == ")") in_json_table.pop_back();
  }
  return sql;
}

std::string as_written(std::string text, const std::vector<GivenName>& given) {
  for (const GivenName& name : given) {
    for (const char* function : {"reparse", "reread"}) {
      replace_all(text, std::string(function) + "(:" + name.name + ")", name.name);
    }
    replace_all(text, ":" + name.name, name.name);
  }
  return text;
}

std::string hint_at(std::string_view sql, std::size_t place, const std::vector<GivenName>& given) {
  const std::optional<Line> line = line_of(sql);
  if (!line) return {};
  for (std::size_t i = 0; i < line->size(); ++i) {
    if (line->at(i).text.data() != sql.data() + place) continue;
    const bool is_name = line->at(i).kind == Token::Kind::name || line->at(i).text.starts_with('"');
    if (!is_name || line->at(i + 1).text == "(") return {};
    const std::string name = unquoted(line->at(i).text);
    const bool is_given = std::ranges::any_of(given, [&](const auto& each) { return each.name == name; });
    if (is_given && line->at(i + 1).text == ".")
      return fmt::format("did you mean {}->>'{}'?", name, line->at(i + 2).text);
    if (is_given) return fmt::format("write {} without quotes", name);
    std::vector<std::string> names;
    for (const GivenName& each : given) names.push_back(each.name);
    return did_you_mean(name, names, "what is given here is");
  }
  return {};
}

bool begins_a_query(std::string_view expression) {
  const std::optional<Line> line = line_of(expression);
  if (!line) return false;
  const std::string_view first = line->at(0).text;
  return same_word(first, "select") || same_word(first, "with") || same_word(first, "values");
}

std::vector<std::string> tables_named_in(std::string_view expression) {
  std::vector<std::string> names;
  const std::optional<Line> line = line_of(expression);
  for (std::size_t i = 0; line && i < line->size(); ++i) {
    const Token token = line->at(i);
    if (token.kind == Token::Kind::name || token.kind == Token::Kind::quoted) {
      if (line->names_a_table(i)) names.push_back(lower(unquoted(token.text)));
    }
  }
  return names;
}

std::string bad_json_path_in(std::string_view expression) {
  const std::optional<Line> line = line_of(expression);
  for (std::size_t i = 0; line && i < line->size(); ++i) {
    if (!line->is_json_path(i)) continue;
    const std::string path = unquoted(line->at(i).text);
    if (path.starts_with('$') && !is_json_path(path)) return path;
  }
  return {};
}

}  // namespace fanout
