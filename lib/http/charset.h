// The text of a reply in UTF-8, whatever charset its Content-Type names. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fanout {

enum class Conversion { good, unknown_charset, too_large };

// The charset of a Content-Type, in lower case; empty: it names none.
std::string charset_of(std::string_view content_type);

// In place, and no longer than `limit` bytes. UTF-8 and ASCII stay as they are; without a charset UTF-16 is
// known by its byte order mark. What is no character of its charset becomes U+FFFD.
Conversion convert_to_utf8(std::string& text, const std::string& charset, std::int64_t limit);

// A header's value: as it is where it is UTF-8, else taken for Latin-1.
std::string utf8_of_header(std::string_view value);

}  // namespace fanout
