// What a further page knows of the pages before it: kept as text in its row. A value.
//
// A page that shows again what the page before it showed brings nothing new, and neither does one that shows
// what an earlier one did: a vendor may go round in a circle. The earlier one is that whose number is the
// last power of two (Brent's way to find a circle), so two marks are enough for a list of any length.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fanout {

struct Trail {
  std::int64_t step = 0;  // items from the beginning of one page to that of the next; 0: nothing told the end
  std::int64_t items = 0;    // of the page before
  std::uint64_t before = 0;  // what the page before was made of; 0: nobody knows
  std::uint64_t earlier = 0;
  friend bool operator==(const Trail&, const Trail&) = default;
};

std::string trail_text(const Trail& trail);
// Nothing for a page that has none: a first one, or one of a version that kept none.
std::optional<Trail> trail_of(std::string_view text);

}  // namespace fanout
