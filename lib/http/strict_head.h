// The head of a reply as RFC 9112 wants it, of one as servers write it. Pure.
//
// Taken is what curl and browsers take, and what leaves no doubt where the reply ends: lines that end with LF
// alone, a status without a reason, blanks too many, lines that are no header. Refused stays what could make
// two readers see two replies in it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fanout {

// Where the head ends, with its empty line; npos: not yet. `searched` is where to go on with more of it.
std::size_t end_of_head(std::string_view bytes, std::size_t& searched);

// Most are written as they must be, and need no other text: strict_head() would give the same back.
bool is_strict(std::string_view head);

// Nothing for a head that is refused; *why then says for what.
std::optional<std::string> strict_head(std::string_view head, std::string* why);

}  // namespace fanout
