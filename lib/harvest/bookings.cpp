#include "harvest/bookings.h"

#include <algorithm>

namespace fanout {

Span Bookings::book(const PartBounds& bounds, const Bound& bound, std::int64_t cost, MonoTime from,
                    MonoTime now) {
  MonoTime& until = until_[bound];
  const Demand::Part part{bound.limit, 1, bound.value};
  // None before the bound lets one go; of slots nobody knows when that is.
  const auto next = bounds.next(part, now);
  const auto begin = std::max({until, from, next == MonoTime::max() ? from : next});
  // It does not go back, where turns end with the hours of their limit.
  until = std::max(until, bounds.end_of_turns(part, cost, begin, now));
  return {std::min(begin, until), until};
}

void Bookings::forget_until(MonoTime now) {
  std::erase_if(until_, [now](const auto& entry) { return entry.second <= now; });
}

}  // namespace fanout
