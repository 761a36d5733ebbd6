#include "reply/clean_text.h"

#include <charconv>

namespace fanout {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kEscapeLength = 6;  // \uXXXX

// What stands in `\uXXXX` at this place, or 0.
unsigned escaped_at(std::string_view text, std::size_t at) {
  if (at + kEscapeLength > text.size() || text[at] != '\\' || text[at + 1] != 'u') return 0;
  unsigned unit = 0;
  const char* const end = text.data() + at + kEscapeLength;
  const auto [read, error] = std::from_chars(text.data() + at + 2, end, unit, 16);
  return error == std::errc() && read == end ? unit : 0;
}

bool is_high(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }

// Where half a pair stands, from there on.
std::size_t next_half(std::string_view text, std::size_t at) {
  while ((at = text.find('\\', at)) != std::string_view::npos) {
    const unsigned unit = escaped_at(text, at);
    if (is_high(unit) && is_low(escaped_at(text, at + kEscapeLength))) {
      at += 2 * kEscapeLength;
    } else if (is_high(unit) || is_low(unit)) {
      return at;
    } else {
      at += 2;
    }
  }
  return at;
}

}  // namespace

std::optional<std::string> cleaned(std::string_view body) {
  const bool marked = body.starts_with(kByteOrderMark);
  if (marked) body.remove_prefix(kByteOrderMark.size());
  std::size_t half = next_half(body, 0);
  if (!marked && half == std::string_view::npos) return std::nullopt;
  std::string text(body);
  for (; half != std::string_view::npos; half = next_half(text, half + kEscapeLength)) {
    text.replace(half, kEscapeLength, "\\ufffd");
  }
  return text;
}

}  // namespace fanout
