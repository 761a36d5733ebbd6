// Carries through SQLite what its values cannot hold: numbers of more digits than a double has, whole ones
// beyond 64 bits, and U+0000 in texts. Pure.
//
// SQLite ends a text at an escaped U+0000, so another character that the JSON does not hold goes in its
// place. A number that SQLite rounds is known again by what it is rounded to. Where that could be another
// number of the same JSON too, it goes as text with a mark behind it: arithmetic still works with it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fanout {

class ExactText {
 public:
  // rounded: what SQLite makes of a number's text.
  using Rounding = std::function<double(std::string_view number)>;

  // json: all texts that one expression is given.
  ExactText(const std::vector<std::string_view>& json, const Rounding& rounded);

  // The text to give instead of json[i].
  std::string_view given(std::size_t i) const;

  // What a value of SQLite was in the JSON: the digits of a number; nothing where it is no such number.
  std::optional<std::string> number(double value) const;
  std::optional<std::string> number(std::string_view text) const;
  // Puts U+0000 back.
  void restore(std::string& text) const;

 private:
  void choose_stand_in(const std::vector<std::string_view>& json);
  void replace(const std::vector<std::string_view>& json, const Rounding& rounded);

  std::vector<std::string_view> plain_;
  std::vector<std::optional<std::string>> replaced_;
  std::string stand_in_;  // UTF-8; empty: nothing stands in for anything
  std::string escaped_;   // … as JSON has it, six bytes like \u0000
  std::map<double, std::string> numbers_;
};

}  // namespace fanout
