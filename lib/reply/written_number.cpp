#include "reply/written_number.h"

#include <charconv>
#include <cmath>

namespace fanout {
namespace {

using nlohmann::json;

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

void append(std::string& text, const json& value) {
  if (value.is_binary()) {
    text.append(value.get_binary().begin(), value.get_binary().end());
  } else if (value.is_object()) {
    char before = '{';
    for (const auto& [key, field] : value.items()) {
      text += std::exchange(before, ',');
      text += dump(key) + ':';
      append(text, field);
    }
    text += value.empty() ? "{}" : "}";
  } else if (value.is_array()) {
    char before = '[';
    for (const auto& element : value) {
      text += std::exchange(before, ',');
      append(text, element);
    }
    text += value.empty() ? "[]" : "]";
  } else {
    text += dump(value);
  }
}

}  // namespace

json number_as_written(const std::string& text) {
  double real = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), real);
  if (error == std::errc() && std::isfinite(real)) {
    json number = real;
    if (number.dump() == text) return number;
  }
  return json::binary({text.begin(), text.end()});
}

bool is_number(const json& value) { return value.is_number() || value.is_binary(); }

const char* type_of(const json& value) { return value.is_binary() ? "number" : value.type_name(); }

std::string text_of(const json& value) {
  std::string text;
  append(text, value);
  return text;
}

}  // namespace fanout
