#include "tree/code.h"

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>

namespace fanout::tree {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)); }

// Reads a text once and blanks out parts of it.
class Blanking {
 public:
  Blanking(std::string_view text, bool strings_too) : text_(text), code_(text), strings_too_(strings_too) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (starts("//")) {
        blank(at_, text_.find('\n', at_));
      } else if (starts("/*")) {
        const auto close = text_.find("*/", at_ + 2);
        blank(at_, close == kNowhere ? kNowhere : close + 2);
      } else if (starts("R\"")) {
        raw_string();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !digit_separator())) {
        quoted(text_[at_]);
      } else {
        ++at_;
      }
    }
    return std::move(code_);
  }

 private:
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  bool digit_separator() const { return at_ > 0 && is_word(text_[at_ - 1]); }

  void blank(std::size_t from, std::size_t to) {
    to = std::min(to, text_.size());
    for (auto i = from; i < to; ++i)
      if (code_[i] != '\n') code_[i] = ' ';
    at_ = to;
  }

  void inside(std::size_t from, std::size_t to) {
    if (strings_too_) blank(from, to);
    at_ = std::min(to, text_.size());
  }

  void quoted(char quote) {
    auto close = at_ + 1;
    while (close < text_.size() && text_[close] != quote) close += text_[close] == '\\' ? 2 : 1;
    inside(at_ + 1, close);
    ++at_;
  }

  void raw_string() {
    const auto open = text_.find('(', at_);
    const auto delimiter = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    const auto close = text_.find(delimiter, open);
    inside(open + 1, close);
    at_ = std::min(text_.size(), at_ + delimiter.size());
  }

  std::string_view text_;
  std::string code_;
  bool strings_too_;
  std::size_t at_ = 0;
};

std::size_t skip_space(std::string_view code, std::size_t at) {
  while (at < code.size() && is_space(code[at])) ++at;
  return at;
}

// Behind the bracket that closes the one at `open`; kNowhere if none does.
std::size_t behind_bracket(std::string_view code, std::size_t open, char opening, char closing) {
  int depth = 0;
  for (auto i = open; i < code.size(); ++i) {
    if (code[i] == opening) ++depth;
    if (code[i] == closing && !(closing == '>' && code[i - 1] == '-') && --depth == 0) return i + 1;
  }
  return kNowhere;
}

// The bracket that the one at `close` closes; kNowhere if there is none.
std::size_t opening_bracket(std::string_view code, std::size_t close) {
  int depth = 0;
  for (auto i = close + 1; i-- > 0;) {
    if (code[i] == ')') ++depth;
    if (code[i] == '(' && --depth == 0) return i;
  }
  return kNowhere;
}

std::string inside_brackets(std::string_view code, std::size_t open, std::size_t behind) {
  return std::string(code.substr(open + 1, behind - open - 2));
}

// Whether the bracket at `at` can begin a lambda: it is no subscript, no attribute and no array's size.
bool begins_lambda(std::string_view code, std::size_t at) {
  if (at + 1 < code.size() && code[at + 1] == '[') return false;
  auto before = at;
  while (before > 0 && is_space(code[before - 1])) --before;
  if (before == 0) return true;
  const char last = code[before - 1];
  if (last == ')' || last == ']' || last == '[') return false;
  if (!is_word(last)) return true;
  auto word = before;
  while (word > 0 && is_word(code[word - 1])) --word;
  const auto name = code.substr(word, before - word);
  return name == "return" || name == "co_return" || name == "co_await" || name == "co_yield";
}

// Where the body of the lambda begins whose captures end at `at`; kNowhere if there is none.
std::size_t lambda_body(std::string_view code, std::size_t at) {
  at = skip_space(code, at);
  if (at < code.size() && code[at] == '<') at = behind_bracket(code, at, '<', '>');
  if (at == kNowhere) return kNowhere;
  at = skip_space(code, at);
  if (at < code.size() && code[at] == '(') at = behind_bracket(code, at, '(', ')');
  if (at == kNowhere) return kNowhere;
  // What may stand between the parameters and the body: mutable, noexcept and the type of the result.
  while (at < code.size() &&
         (is_word(code[at]) || is_space(code[at]) || std::string_view("-><:,*&").find(code[at]) != kNowhere))
    ++at;
  return at < code.size() && code[at] == '{' ? at : kNowhere;
}

// Where the parameters begin that stand before an arrow.
std::size_t parameters_before_arrow(std::string_view code, std::size_t arrow) {
  const auto close = code.rfind(')', arrow);
  return close == kNowhere ? kNowhere : opening_bracket(code, close);
}

}  // namespace

std::string without_comments(std::string_view text) { return Blanking(text, false).run(); }
std::string without_comments_and_strings(std::string_view text) { return Blanking(text, true).run(); }

std::string strings(std::string_view text) {
  auto strings = without_comments(text);
  const auto code = without_comments_and_strings(text);
  for (std::size_t i = 0; i < strings.size(); ++i)
    if (strings[i] == code[i] && strings[i] != '\n') strings[i] = ' ';
  return strings;
}

std::vector<Include> includes(std::string_view text) {
  static const std::regex pattern(R"(^\s*#\s*include\s*(["<])([^">]+)[">])");
  std::vector<Include> found;
  std::istringstream lines(without_comments(text));
  std::string line;
  std::smatch match;
  for (int number = 1; std::getline(lines, line); ++number)
    if (std::regex_search(line, match, pattern))
      found.push_back({.line = number, .name = match[2], .quoted = match[1] == "\""});
  return found;
}

int line_at(std::string_view code, std::size_t position) {
  return 1 + static_cast<int>(std::ranges::count(code.substr(0, position), '\n'));
}

std::vector<Lambda> lambdas(std::string_view code) {
  std::vector<Lambda> found;
  for (auto at = code.find('['); at != kNowhere; at = code.find('[', at + 1)) {
    if (!begins_lambda(code, at)) continue;
    const auto behind = behind_bracket(code, at, '[', ']');
    if (behind == kNowhere) continue;
    const auto body = lambda_body(code, behind);
    if (body == kNowhere) continue;
    const auto end = behind_bracket(code, body, '{', '}');
    if (end == kNowhere) continue;
    found.push_back({.begin = at, .captures = inside_brackets(code, at, behind), .body = body, .end = end});
  }
  return found;
}

std::vector<Awaitable> awaitables(std::string_view code) {
  constexpr std::string_view kName = "awaitable<";
  std::vector<Awaitable> found;
  for (auto at = code.find(kName); at != kNowhere; at = code.find(kName, at + 1)) {
    if (at > 0 && is_word(code[at - 1])) continue;
    const auto behind = behind_bracket(code, at + kName.size() - 1, '<', '>');
    if (behind == kNowhere) continue;

    auto before = at;  // of the qualified name
    while (before > 0 && (is_word(code[before - 1]) || code[before - 1] == ':')) --before;
    while (before > 0 && is_space(code[before - 1])) --before;

    auto open = kNowhere;
    if (code.substr(0, before).ends_with("->")) {
      open = parameters_before_arrow(code, before - 2);
    } else {
      auto name = skip_space(code, behind);
      while (name < code.size() && (is_word(code[name]) || code[name] == ':')) ++name;
      name = skip_space(code, name);
      if (name < code.size() && code[name] == '(') open = name;
    }
    if (open == kNowhere) continue;
    const auto close = behind_bracket(code, open, '(', ')');
    if (close == kNowhere) continue;
    found.push_back({.begin = at, .parameters = inside_brackets(code, open, close)});
  }
  return found;
}

}  // namespace fanout::tree
