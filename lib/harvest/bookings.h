// The turns under limits of their own that tasks have which were put off.
//
// Each run books for itself, one turn after another and at the whole pace of the limit: a run that floods
// leaves the turns of another as they are, and what a run that was cancelled had booked is nobody's loss. Of
// several runs more come back than may go; the others get later turns. Owned by a dispatcher, on the loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "limit/part_bounds.h"

namespace fanout {

// One limit, or one value of it, or the budget for retries, as far as a run has turns there.
struct Bound {
  std::size_t limit = 0;
  std::string value;
  std::int64_t run = 0;
  friend auto operator<=>(const Bound&, const Bound&) = default;
};

// A stretch of time.
struct Span {
  MonoTime from{};
  MonoTime to{};
};

class Bookings {
 public:
  // After all that its run booked there before, and no earlier than `from`.
  Span book(const PartBounds& bounds, const Bound& bound, std::int64_t cost, MonoTime from, MonoTime now);
  // What is over.
  void forget_until(MonoTime now);
  void forget_all() { until_.clear(); }

 private:
  std::map<Bound, MonoTime> until_;
};

}  // namespace fanout
