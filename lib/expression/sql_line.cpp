#include "expression/sql_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace fanout {
namespace {

bool starts_name(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u == '_' || u >= 0x80;
}
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// SQLite's tokens, as far as it matters here where one begins and ends.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  // `open` is set where a quote or comment does not end.
  SqlToken next(std::string& open) {
    skip_blanks(open);
    if (at_ >= text_.size()) return {};
    const std::size_t begin = at_;
    const char c = text_[at_];
    if (c == '\'' || c == '"' || c == '`' || c == '[') return quoted(begin, c == '[' ? ']' : c, open);
    if (starts_name(c)) return word(begin, SqlToken::Kind::name);
    if (is_digit(c)) return word(begin, SqlToken::Kind::number);
    if (c == '?' || c == ':' || c == '@' || c == '$' || c == '#')
      return word(begin, SqlToken::Kind::parameter);
    at_ += text_.substr(at_).starts_with("->>") ? 3 : text_.substr(at_).starts_with("->") ? 2 : 1;
    return {SqlToken::Kind::sign, text_.substr(begin, at_ - begin)};
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

  SqlToken quoted(std::size_t begin, char quote, std::string& open) {
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
      if (!doubled) return {SqlToken::Kind::quoted, text_.substr(begin, at_ - begin)};
      ++at_;
    }
  }

  SqlToken word(std::size_t begin, SqlToken::Kind kind) {
    ++at_;
    while (at_ < text_.size() && (starts_name(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '$'))
      ++at_;
    return {kind, text_.substr(begin, at_ - begin)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<std::vector<SqlToken>> tokens_of(std::string_view text, std::string& wrong,
                                               SqlLine::Parameters parameters) {
  if (text.find('\0') != std::string_view::npos) {
    wrong = "it holds a zero byte";
    return std::nullopt;
  }
  std::vector<SqlToken> tokens;
  Tokens reading(text);
  int depth = 0;
  for (SqlToken token = reading.next(wrong); token.kind != SqlToken::Kind::end; token = reading.next(wrong)) {
    if (token.text == "(") ++depth;
    if (token.text == ")" && --depth < 0) wrong = "a parenthesis closes that was never opened";
    if (token.text == ";") wrong = "it is one expression: no semicolon";
    if (token.kind == SqlToken::Kind::parameter && parameters == SqlLine::Parameters::refused)
      wrong = "it takes no parameters such as " + std::string(token.text);
    if (!wrong.empty()) return std::nullopt;
    tokens.push_back(token);
  }
  if (wrong.empty() && depth > 0) wrong = "a parenthesis is not closed";
  if (wrong.empty() && tokens.empty()) wrong = "it is empty";
  if (!wrong.empty()) return std::nullopt;
  return tokens;
}

}  // namespace

std::optional<SqlLine> SqlLine::read(std::string_view text, Parameters parameters, std::string& wrong) {
  std::optional<std::vector<SqlToken>> tokens = tokens_of(text, wrong, parameters);
  if (!tokens) return std::nullopt;
  return SqlLine(std::move(*tokens));
}

bool SqlLine::is_bare_name(std::size_t i) const {
  return at(i).kind == SqlToken::Kind::name && !same_word(before(i).text, "as") && before(i).text != "." &&
         at(i + 1).text != "." && at(i + 1).text != "(";
}

bool SqlLine::has_constant_path(std::size_t i) const {
  const bool path = at(i + 1).text == "->" || at(i + 1).text == "->>";
  return path && (at(i + 2).kind == SqlToken::Kind::quoted || at(i + 2).kind == SqlToken::Kind::number);
}

bool SqlLine::opens_json_table(std::size_t i) const {
  return at(i).text == "(" &&
         (same_word(before(i).text, "json_each") || same_word(before(i).text, "json_tree"));
}

bool SqlLine::names_a_table(std::size_t i) const {
  std::size_t next = i + 1;
  if (at(next).text == "(") next = after_parenthesis(next);
  if (!same_word(at(next).text, "as")) return false;
  ++next;
  if (same_word(at(next).text, "not")) ++next;
  if (same_word(at(next).text, "materialized")) ++next;
  return at(next).text == "(";
}

bool SqlLine::is_json_path(std::size_t i) const {
  static constexpr auto kTakers = std::to_array<std::string_view>(
      {"json_each", "json_tree", "json_extract", "json_type", "json_array_length", "json_remove"});
  if (!at(i).text.starts_with('\'')) return false;
  if (before(i).text == "->" || before(i).text == "->>") return true;
  const std::string_view function = function_around(i);
  return before(i).text == "," &&
         std::ranges::any_of(kTakers, [&](std::string_view taker) { return same_word(taker, function); });
}

std::size_t SqlLine::after_parenthesis(std::size_t i) const {
  int depth = 0;
  for (; i < size(); ++i) {
    if (at(i).text == "(") ++depth;
    if (at(i).text == ")" && --depth == 0) break;
  }
  return i + 1;
}

std::string_view SqlLine::function_around(std::size_t i) const {
  int depth = 0;
  while (i > 0) {
    --i;
    if (at(i).text == ")") ++depth;
    if (at(i).text == "(" && --depth < 0) return before(i).text;
  }
  return {};
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? x + ('a' - 'A') : int(x)) ==
           (y >= 'A' && y <= 'Z' ? y + ('a' - 'A') : int(y));
  });
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

}  // namespace fanout
