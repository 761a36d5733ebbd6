// C++ text as far as the rules of the tree need it: without its comments and strings, its includes, its
// lambdas, its coroutines. No parser: it reads what this tree is written in, and nothing trickier.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fanout::tree {

inline constexpr auto kNowhere = std::string_view::npos;

// The text with every comment, and the inside of every string and character, turned to spaces. Lines stay
// where they are.
std::string without_comments(std::string_view text);
std::string without_comments_and_strings(std::string_view text);
// The other way round: what stands inside strings, and nothing else.
std::string strings(std::string_view text);

struct Include {
  int line = 0;
  std::string name;     // what stands between the quotes or brackets
  bool quoted = false;  // ours
};
std::vector<Include> includes(std::string_view text);

// The functions below want code: text without comments and strings.

int line_at(std::string_view code, std::size_t position);

struct Lambda {
  std::size_t begin = 0;  // of its captures' bracket
  std::string captures;
  std::size_t body = 0;  // from its brace …
  std::size_t end = 0;   // … to behind the closing one
};
std::vector<Lambda> lambdas(std::string_view code);

// A function, function type or lambda that returns awaitable<…>.
struct Awaitable {
  std::size_t begin = 0;
  std::string parameters;
};
std::vector<Awaitable> awaitables(std::string_view code);

}  // namespace fanout::tree
