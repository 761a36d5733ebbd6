// The value of a header, taken apart: words, numbers, and the items of a structured field. Pure; the parts
// are views of the value.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fanout {

using HeaderList = std::vector<std::pair<std::string, std::string>>;  // names in lower case

// Without blanks and quotes around it.
std::string_view trimmed(std::string_view text);
std::vector<std::string_view> words_of(std::string_view text, std::string_view between);
// Plain digits, perhaps with a sign and a fraction; nothing else that from_chars would take.
std::optional<double> number_in(std::string_view text);

// `"day";q=100;w=60` of RFC 9651, and what vendors write in its place: a bare number, `total=100; resets=41`,
// `Bucket;46`.
struct FieldItem {
  std::string_view name;
  std::optional<double> number;
  std::vector<std::pair<std::string_view, std::string_view>> parameters;

  // Empty if there is none.
  std::string_view parameter(std::string_view key) const;
  std::string_view parameter(std::initializer_list<std::string_view> keys) const;
};
// At most kMostItems. `limit=100, remaining=99` are parameters of one item.
constexpr std::size_t kMostItems = 64;
std::vector<FieldItem> items_of(std::string_view value);

}  // namespace fanout
