#include "http/charset.h"

#include <iconv.h>

#include <array>
#include <boost/beast/core/string.hpp>
#include <cerrno>
#include <memory>

#include "base/ascii.h"

namespace fanout {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_utf8_already(const std::string& charset) {
  for (const char* name :
       {"utf-8", "utf8", "utf_8", "us-ascii", "ascii", "utf-8-sig", "utf8mb4", "unicode-1-1-utf-8"})
    if (charset == name) return true;
  return false;
}

// Begins with a byte order mark of UTF-16.
bool is_utf16(std::string_view text) { return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"); }

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

// Near enough for a header.
bool looks_like_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80) continue;
    std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4) return false;
    for (; more > 0; --more)
      if (at >= text.size() || !continues(text[at++])) return false;
  }
  return true;
}

struct Close {
  void operator()(void* conversion) const { iconv_close(conversion); }
};

}  // namespace

std::string charset_of(std::string_view content_type) {
  using boost::beast::iequals;
  for (auto at = content_type.find(';'); at != std::string_view::npos; at = content_type.find(';', at + 1)) {
    auto parameter = content_type.substr(at + 1);
    parameter = parameter.substr(0, parameter.find(';'));
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    constexpr std::string_view kAround = " \t\"'";
    if (iequals(stripped(parameter.substr(0, equals), kAround), "charset"))
      return lower(stripped(parameter.substr(equals + 1), kAround));
  }
  return {};
}

Conversion convert_to_utf8(std::string& text, const std::string& charset, std::int64_t limit) {
  if (is_utf8_already(charset)) return Conversion::good;
  if (charset.empty() && !is_utf16(text)) return Conversion::good;
  // iconv takes suffixes that say what to do with what it can't convert, and we don't.
  if (charset.find('/') != std::string::npos) return Conversion::unknown_charset;
  iconv_t opened = iconv_open("UTF-8", charset.empty() ? "UTF-16" : charset.c_str());
  if (opened == reinterpret_cast<iconv_t>(-1)) return Conversion::unknown_charset;
  const std::unique_ptr<void, Close> conversion(opened);
  std::string converted;
  converted.reserve(text.size() + text.size() / 8);
  std::array<char, 16 * 1024> piece;
  char* in = text.data();
  std::size_t left = text.size();
  while (left > 0) {
    char* out = piece.data();
    std::size_t room = piece.size();
    const bool stuck = iconv(conversion.get(), &in, &left, &out, &room) == static_cast<std::size_t>(-1);
    const int why = stuck ? errno : 0;
    converted.append(piece.data(), piece.size() - room);
    if (why == EILSEQ) {
      converted += kReplacement;
      ++in;
      --left;
    } else if (why == EINVAL) {  // it ends within a character
      converted += kReplacement;
      left = 0;
    }
    if (converted.size() > static_cast<std::size_t>(limit)) return Conversion::too_large;
  }
  text = std::move(converted);
  return Conversion::good;
}

std::string utf8_of_header(std::string_view value) {
  if (looks_like_utf8(value)) return std::string(value);
  std::string text;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += {static_cast<char>(0xC0U | byte >> 6U), static_cast<char>(0x80U | (byte & 0x3FU))};
    }
  }
  return text;
}

}  // namespace fanout
