#include "harvest/bookings.h"

#include <algorithm>

namespace fanout {

Span Bookings::book(const PartBounds& bounds, const Bound& bound, std::int64_t cost, MonoTime from,
                    MonoTime now) {
  MonoTime& until = until_[bound];
  const auto begin = std::max(until, from);
  // It does not go back, where turns end with the hours of their limit.
  until = std::max(until, bounds.end_of_turns({bound.limit, 1, bound.value}, cost, begin, now));
  return {std::min(begin, until), until};
}

void Bookings::forget_until(MonoTime now) {
  std::erase_if(until_, [now](const auto& entry) { return entry.second <= now; });
}

}  // namespace fanout
