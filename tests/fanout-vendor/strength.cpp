#include "strength.h"

#include <algorithm>

namespace fanout_vendor {

std::uint64_t Strength::arrived_within(Duration stretch, Instant now) const {
  const auto first = std::ranges::upper_bound(arrivals_, now - stretch);
  return static_cast<std::uint64_t>(arrivals_.end() - first);
}

bool Strength::is_down_for(Instant now) {
  const auto kept = std::max(falls_.rate.window, falls_.quiet);
  while (!arrivals_.empty() && arrivals_.front() <= now - kept) arrivals_.pop_front();
  if (down_) {
    const auto borne = falls_.rate.limit * falls_.quiet / falls_.rate.window;
    if (now - fell_ >= falls_.quiet &&
        arrived_within(falls_.quiet, now) * 10 <= static_cast<std::uint64_t>(borne))
      down_ = false;
  }
  arrivals_.push_back(now);
  if (!down_ && arrived_within(falls_.rate.window, now) > falls_.rate.limit) {
    down_ = true;
    fell_ = now;
    ++times_;
  }
  if (down_) ++requests_;
  return down_;
}

}  // namespace fanout_vendor
