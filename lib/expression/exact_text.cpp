#include "expression/exact_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <set>

namespace fanout {
namespace {

constexpr std::string_view kNul = "\\u0000";
constexpr std::size_t kSureDigits = 15;  // so many survive in a double whatever they are

bool is_of_number(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

// Calls found(begin, length) for each number of a JSON text that is longer than is surely exact.
template <typename Found>
void each_number(std::string_view json, const Found& found) {
  for (std::size_t at = 0; at < json.size();) {
    const char c = json[at];
    if (c == '"') {
      for (++at; at < json.size() && json[at] != '"'; ++at) at += json[at] == '\\' ? 1 : 0;
      ++at;
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      const std::size_t begin = at;
      while (at < json.size() && is_of_number(json[at])) ++at;
      found(begin, at - begin);
    } else {
      ++at;
    }
  }
}

// Digits without zeros at either end, and where the point stands: the same for all ways to write a number.
std::pair<std::string, long> value_of(std::string_view number) {
  const auto e = std::min(number.find_first_of("eE"), number.size());
  long exponent = 0;
  if (e < number.size()) {
    auto text = number.substr(e + 1);
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error == std::errc::result_out_of_range)
      exponent = text.starts_with('-') ? -1'000'000'000 : 1'000'000'000;
  }
  std::string digits;
  bool after_point = false;
  for (const char c : number.substr(0, e)) {
    if (c == '.') after_point = true;
    if (c < '0' || c > '9') continue;
    digits += c;
    exponent -= after_point ? 1 : 0;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  while (digits.ends_with('0')) {
    digits.pop_back();
    ++exponent;
  }
  if (digits.empty()) return {};
  return {(number.starts_with('-') ? "-" : "") + digits, exponent};
}

bool survives(std::string_view number, const ExactText::Rounding& rounded) {
  if (number.size() <= kSureDigits && number.find_first_of("eE") == std::string_view::npos) return true;
  if (number.find_first_of(".eE") == std::string_view::npos) {
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), whole);
    if (error == std::errc()) return true;
  }
  const double value = rounded(number);
  return std::isfinite(value) && value_of(fmt::format("{}", value)) == value_of(number);
}

}  // namespace

ExactText::ExactText(const std::vector<std::string_view>& json, const Rounding& rounded)
    : plain_(json), replaced_(json.size()) {
  bool odd = false;
  for (const auto text : json) {
    odd = odd || text.find(kNul) != std::string_view::npos;
    each_number(text, [&](std::size_t begin, std::size_t length) {
      odd = odd || !survives(text.substr(begin, length), rounded);
    });
  }
  if (!odd) return;
  choose_stand_in(json);
  if (!stand_in_.empty()) replace(json, rounded);
}

// One of the 32 characters that Unicode keeps for a program's own use.
void ExactText::choose_stand_in(const std::vector<std::string_view>& json) {
  for (unsigned char last = 0x90; last < 0xB0; ++last) {
    const std::string raw{'\xEF', '\xB7', static_cast<char>(last)};
    const std::string upper = fmt::format("\\uFD{:X}", 0xD0 + last - 0x90);
    const auto holds = [&](std::string_view text) {
      if (text.find(raw) != std::string_view::npos) return true;
      const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
      return std::search(text.begin(), text.end(), upper.begin(), upper.end(), same) != text.end();
    };
    if (std::ranges::any_of(json, holds)) continue;
    stand_in_ = raw;
    escaped_ = upper;
    return;
  }
}

void ExactText::replace(const std::vector<std::string_view>& json, const Rounding& rounded) {
  std::map<double, std::set<std::string, std::less<>>> rounded_to;
  for (const auto text : json) {
    each_number(text, [&](std::size_t begin, std::size_t length) {
      const auto number = text.substr(begin, length);
      rounded_to[rounded(number)].emplace(number);
    });
  }
  const auto is_alone = [&](std::string_view number) {
    const double value = rounded(number);
    return value != 0 && rounded_to.at(value).size() == 1;
  };
  for (std::size_t i = 0; i < json.size(); ++i) {
    std::string text;
    std::size_t kept = 0;
    each_number(json[i], [&](std::size_t begin, std::size_t length) {
      const auto number = json[i].substr(begin, length);
      if (survives(number, rounded)) return;
      if (is_alone(number)) {
        numbers_[rounded(number)] = number;
        return;
      }
      text += json[i].substr(kept, begin - kept);
      text += fmt::format("\"{}{}\"", number, stand_in_);
      kept = begin + length;
    });
    text += json[i].substr(kept);
    for (auto at = text.find('\\'); at != std::string::npos; at = text.find('\\', at)) {
      const bool nul = text.compare(at, kNul.size(), kNul) == 0;
      if (nul) text.replace(at, kNul.size(), escaped_);
      at += nul ? kNul.size() : 2;
    }
    if (text != json[i]) replaced_[i] = std::move(text);
  }
}

std::string_view ExactText::given(std::size_t i) const { return replaced_[i] ? *replaced_[i] : plain_[i]; }

std::optional<std::string> ExactText::number(double value) const {
  const auto found = numbers_.find(value);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> ExactText::number(std::string_view text) const {
  if (stand_in_.empty() || !text.ends_with(stand_in_)) return std::nullopt;
  text.remove_suffix(stand_in_.size());
  if (text.empty() || !std::ranges::all_of(text, is_of_number)) return std::nullopt;
  return std::string(text);
}

void ExactText::restore(std::string& text) const {
  if (stand_in_.empty()) return;
  for (auto at = text.find(stand_in_); at != std::string::npos; at = text.find(stand_in_, at)) {
    const auto end = at + stand_in_.size();
    auto begin = at;
    while (begin > 0 && is_of_number(text[begin - 1])) --begin;
    const bool is_number =
        begin < at && begin > 0 && text[begin - 1] == '"' && end < text.size() && text[end] == '"';
    if (is_number) {  // within JSON that the expression gives as a whole
      text.replace(begin - 1, end + 1 - (begin - 1), text.substr(begin, at - begin));
      at = begin;
    } else {
      text.replace(at, stand_in_.size(), 1, '\0');
      ++at;
    }
  }
  for (auto at = text.find(escaped_); at != std::string::npos; at = text.find(escaped_, at)) {
    text.replace(at, escaped_.size(), kNul);
  }
}

}  // namespace fanout
