#include "base/excerpt.h"

#include <cstdint>

namespace fanout {
namespace {

constexpr std::string_view kCut = "…";

struct Character {
  std::size_t bytes = 1;
  bool shown = false;  // a printable one, rightly encoded
};

Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, lead > 0x20 && lead != 0x7F};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  std::uint32_t point = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    point = point << 6 | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool encoded = point >= kLeast[bytes] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
  if (!encoded) return {};
  // C1 controls steer terminals; the marks of direction reorder what stands beside them.
  const bool steers =
      point < 0xA0 || (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  return {bytes, !steers};
}

}  // namespace

std::string excerpt(std::string_view text) {
  std::string line;
  bool gap = false;
  while (!text.empty()) {
    const Character character = first_character(text);
    const auto bytes = text.substr(0, character.bytes);
    text.remove_prefix(character.bytes);
    if (!character.shown) {
      gap = !line.empty();
      continue;
    }
    if (line.size() + (gap ? 1 : 0) + bytes.size() + kCut.size() > kLongestExcerpt) return line.append(kCut);
    if (gap) line += ' ';
    gap = false;
    line += bytes;
  }
  return line;
}

std::string excerpt(std::string_view text, const Redactor& redactor) {
  return excerpt(redactor.redact(text));
}

}  // namespace fanout
