#include "output/path_component.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/hash.h"

namespace fanout {
namespace {

constexpr std::size_t kHashLength = 17;  // "~" and 16 digits

bool ends_like_a_hash(std::string_view name) {
  if (name.size() < kHashLength || name[name.size() - kHashLength] != '~') return false;
  const auto digits = name.substr(name.size() - kHashLength + 1);
  return std::all_of(digits.begin(), digits.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Bytes of the UTF-8 character at the beginning of the text; 0 if there is none (RFC 3629).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first < 0xE0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : 4;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[i])) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second >= 0xA0;
  const bool beyond = first == 0xF4 && second >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

bool is_safe_character(std::string_view character) {
  if (character.size() == 1) return character[0] >= ' ' && character[0] != 0x7F && character[0] != '/';
  if (character.size() == 2) return character >= "\xC2\xA0";  // U+0080…U+009F are control characters
  // Line separators, and what changes the direction of writing: a name must look like what it is.
  for (const std::string_view unsafe : {"\u2028", "\u2029", "\u202A", "\u202B", "\u202C", "\u202D", "\u202E",
                                        "\u2066", "\u2067", "\u2068", "\u2069"}) {
    if (character == unsafe) return false;
  }
  return true;
}

std::string with_safe_characters(std::string_view name) {
  std::string safe;
  while (!name.empty()) {
    const std::size_t length = character_length(name);
    const auto character = name.substr(0, std::max<std::size_t>(length, 1));
    safe += length > 0 && is_safe_character(character) ? character : "_";
    name.remove_prefix(character.size());
  }
  if (safe.empty()) return "_";
  if (safe.front() == '.' || safe.front() == '-') safe.front() = '_';
  return safe;
}

// Shortened where needed, between two characters.
std::string with_hash(std::string safe, std::uint64_t hash, std::size_t room) {
  if (safe.size() > room - kHashLength) {
    std::size_t end = room - kHashLength;
    while (end > 0 && continues(safe[end])) --end;
    safe.resize(end);
  }
  return fmt::format("{}~{:016x}", safe, hash);
}

}  // namespace

std::string safe_component(std::string name) {
  auto safe = with_safe_characters(name);
  if (safe == name && name.size() <= kLongestComponent && !ends_like_a_hash(name)) return name;
  return with_hash(std::move(safe), fnv1a(name), kLongestComponent);
}

std::string short_component(std::string component, const std::string& ending) {
  if (component.size() <= kLongestComponent) return component;
  const auto hash = fnv1a(component);
  component.resize(component.size() - ending.size());
  return with_hash(std::move(component), hash, kLongestComponent - ending.size()) + ending;
}

}  // namespace fanout
