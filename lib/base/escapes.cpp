#include "base/escapes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace fanout {
namespace {

constexpr std::size_t kLongestEntity = 12;    // bytes, with & and ;
constexpr std::size_t kMostBackslashes = 8;   // escaped thrice is seven of them
constexpr std::size_t kLongestSpelling = 64;  // bytes; nobody may make us look far ahead from each byte

// Those that encoders write for what is not a letter.
constexpr std::array kEntities = {
    std::pair("amp", U'&'),    std::pair("lt", U'<'),     std::pair("gt", U'>'),
    std::pair("quot", U'"'),   std::pair("apos", U'\''),  std::pair("sol", U'/'),
    std::pair("bsol", U'\\'),  std::pair("plus", U'+'),   std::pair("equals", U'='),
    std::pair("percnt", U'%'), std::pair("num", U'#'),    std::pair("excl", U'!'),
    std::pair("dollar", U'$'), std::pair("lpar", U'('),   std::pair("rpar", U')'),
    std::pair("ast", U'*'),    std::pair("midast", U'*'), std::pair("comma", U','),
    std::pair("period", U'.'), std::pair("colon", U':'),  std::pair("semi", U';'),
    std::pair("quest", U'?'),  std::pair("commat", U'@'), std::pair("lsqb", U'['),
    std::pair("lbrack", U'['), std::pair("rsqb", U']'),   std::pair("rbrack", U']'),
    std::pair("Hat", U'^'),    std::pair("lowbar", U'_'), std::pair("grave", U'`'),
    std::pair("lcub", U'{'),   std::pair("lbrace", U'{'), std::pair("verbar", U'|'),
    std::pair("vert", U'|'),   std::pair("rcub", U'}'),   std::pair("rbrace", U'}'),
    std::pair("hyphen", U'-'), std::pair("dash", U'-'),   std::pair("nbsp", U' '),
    std::pair("Tab", U'\t'),   std::pair("auml", U'ä'),   std::pair("ouml", U'ö'),
    std::pair("uuml", U'ü'),   std::pair("szlig", U'ß'),  std::pair("Auml", U'Ä'),
    std::pair("Ouml", U'Ö'),   std::pair("Uuml", U'Ü'),   std::pair("eacute", U'é'),
    std::pair("sect", U'§'),   std::pair("pound", U'£'),  std::pair("euro", U'€'),
    std::pair("deg", U'°')};

std::optional<unsigned> number(std::string_view text, int base) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                   : std::nullopt;
}

// One byte of a text in which bytes may be percent-encoded, %2541 for %41 among them.
Spelling percent_encoded(std::string_view text) {
  if (!text.starts_with('%')) return {};
  std::size_t at = 1;
  while (text.substr(at, 2) == "25" && number(text.substr(at + 2, 2), 16) && text.size() >= at + 4) at += 2;
  const auto value = text.size() < at + 2 ? std::nullopt : number(text.substr(at, 2), 16);
  return value ? Spelling{*value, at + 2} : Spelling{};
}

// What escapes is escaped itself: %2525 and &amp;amp; may each stand for one, or for the beginning of
// another.
void escape_sign(std::string_view text, std::string_view again, std::vector<Spelling>& into) {
  for (std::size_t at = 1; text.substr(at).starts_with(again);) {
    at += again.size();
    into.push_back({static_cast<unsigned char>(text.front()), at});
  }
}

template <class NextByte>
Spelling utf8(std::string_view text, NextByte next) {
  const Spelling lead = next(text);
  if (lead.bytes == 0 || lead.character < 0xC2 || lead.character > 0xF4) return {};
  const int more = lead.character >= 0xF0 ? 3 : lead.character >= 0xE0 ? 2 : 1;
  Spelling whole{lead.character & (0x3FU >> more), lead.bytes};
  for (int i = 0; i < more; ++i) {
    if (whole.bytes >= text.size()) return {};
    const Spelling byte = next(text.substr(whole.bytes));
    if (byte.bytes == 0 || (byte.character & 0xC0U) != 0x80) return {};
    whole.character = whole.character << 6 | (byte.character & 0x3FU);
    whole.bytes += byte.bytes;
  }
  return whole;
}

Spelling raw_byte(std::string_view text) { return {static_cast<unsigned char>(text.front()), 1}; }

Spelling four_digits(std::string_view text) {  // after the backslashes: u002F
  const auto value = text.size() < 5 || text[0] != 'u' ? std::nullopt : number(text.substr(1, 4), 16);
  return value ? Spelling{*value, 5} : Spelling{};
}

// \/ and \u002F, and the same escaped once more: \\\/ and \\u002F.
void escaped_in_json(std::string_view text, std::vector<Spelling>& into) {
  const auto slashes = std::min(text.find_first_not_of('\\'), text.size());
  if (slashes == 0) return;
  // Of many backslashes any may be the one that is meant.
  for (std::size_t n = 2; n <= std::min(slashes, kMostBackslashes); n *= 2) into.push_back({U'\\', n});
  if (slashes > kMostBackslashes || slashes == text.size()) return;
  const auto rest = text.substr(slashes);
  if (rest[0] == '/' || rest[0] == '"' || rest[0] == '\'') {
    into.push_back({static_cast<unsigned char>(rest[0]), slashes + 1});
  } else if (rest[0] == 't') {
    into.push_back({U'\t', slashes + 1});
  } else if (const auto unit = four_digits(rest); unit.bytes != 0) {
    into.push_back({unit.character, slashes + unit.bytes});
    const auto low_at = rest.substr(unit.bytes);
    const auto again = std::min(low_at.find_first_not_of('\\'), low_at.size());
    const auto low = four_digits(low_at.substr(again));
    if (unit.character >> 10 == 0x36 && low.bytes != 0 && low.character >> 10 == 0x37) {
      into.push_back({0x10000 + ((unit.character & 0x3FFU) << 10) + (low.character & 0x3FFU),
                      slashes + unit.bytes + again + low.bytes});
    }
  }
}

// &amp; &#38; &#x26;, and &amp;amp; too. The semicolon may be missing after a number.
Spelling entity(std::string_view text) {
  if (!text.starts_with('&')) return {};
  std::size_t at = 1;
  while (text.substr(at).starts_with("amp;")) at += 4;
  const auto name = text.substr(at, kLongestEntity);
  if (name.starts_with('#')) {
    const bool hex = name.starts_with("#x") || name.starts_with("#X");
    const std::size_t first = hex ? 2 : 1;
    const auto digits = name.find_first_not_of(hex ? "0123456789abcdefABCDEF" : "0123456789", first);
    const auto value = number(name.substr(first, std::min(digits, name.size()) - first), hex ? 16 : 10);
    if (!value) return {};
    const auto end = std::min(digits, name.size());
    return {*value, at + end + (name.substr(end).starts_with(';') ? 1 : 0)};
  }
  for (const auto& [word, character] : kEntities) {
    const std::string_view wanted(word);
    if (name.starts_with(wanted) && name.substr(wanted.size()).starts_with(';'))
      return {character, at + wanted.size() + 1};
  }
  return {};
}

}  // namespace

void spellings(std::string_view text, std::vector<Spelling>& into) {
  into.clear();
  text = text.substr(0, kLongestSpelling);
  const auto add = [&into](const Spelling& spelling) {
    if (spelling.bytes != 0) into.push_back(spelling);
  };
  add(raw_byte(text));
  switch (text.front()) {
    case '%':
      escape_sign(text, "25", into);
      add(percent_encoded(text));
      add(utf8(text, percent_encoded));
      return;
    case '\\':
      return escaped_in_json(text, into);
    case '&':
      escape_sign(text, "amp;", into);
      return add(entity(text));
    case '+':
      return into.push_back({U' ', 1});
    default:
      add(utf8(text, raw_byte));
  }
}

}  // namespace fanout
