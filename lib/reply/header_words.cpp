#include "reply/header_words.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace fanout {
namespace {

constexpr std::size_t kLongestNumber = 64;

// At `between`, but not within quotes.
std::vector<std::string_view> split(std::string_view text, char between) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size() && parts.size() < kMostItems; ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == between && !quoted) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  if (parts.size() < kMostItems) parts.push_back(text.substr(begin));
  return parts;
}

FieldItem item_of(std::string_view text) {
  FieldItem item;
  for (const auto raw : split(text, ';')) {
    const auto part = stripped(raw);
    if (part.empty()) continue;
    const bool quoted = part.front() == '"';
    if (const auto equals = part.find('='); !quoted && equals != std::string_view::npos) {
      item.parameters.emplace_back(stripped(part.substr(0, equals)), trimmed(part.substr(equals + 1)));
    } else if (const auto number = quoted ? std::nullopt : number_in(part)) {
      item.number = number;
    } else if (quoted || item.name.empty()) {
      item.name = trimmed(part);  // the last quoted one: some write the algorithm in front of it
    }
  }
  return item;
}

}  // namespace

std::string_view trimmed(std::string_view text) { return stripped(text, " \t\""); }

std::vector<std::string_view> words_of(std::string_view text, std::string_view between) {
  std::vector<std::string_view> words;
  for (auto begin = text.find_first_not_of(between); begin != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(between, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(between, end);
  }
  return words;
}

std::optional<double> number_in(std::string_view text) {
  // from_chars would take "inf" and "nan" as well.
  if (text.size() > kLongestNumber) return std::nullopt;
  if (text.find_first_not_of("0123456789.-") != std::string_view::npos) return std::nullopt;
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view FieldItem::parameter(std::string_view key) const {
  const auto found =
      std::ranges::find(parameters, key, [](const auto& parameter) { return parameter.first; });
  return found == parameters.end() ? std::string_view() : found->second;
}

std::string_view FieldItem::parameter(std::initializer_list<std::string_view> keys) const {
  for (const auto key : keys) {
    if (const auto value = parameter(key); !value.empty()) return value;
  }
  return {};
}

std::vector<FieldItem> items_of(std::string_view value) {
  std::vector<FieldItem> items;
  for (const auto text : split(value, ',')) {
    auto item = item_of(text);
    const bool nameless = item.name.empty() && !item.number;
    if (nameless && item.parameters.empty()) continue;
    if (nameless && !items.empty() && items.back().name.empty() && !items.back().number) {
      auto& parameters = items.back().parameters;
      parameters.insert(parameters.end(), item.parameters.begin(), item.parameters.end());
    } else {
      items.push_back(std::move(item));
    }
  }
  return items;
}

}  // namespace fanout
