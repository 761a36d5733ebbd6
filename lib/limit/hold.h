// A vendor's word that it wants quiet for a while.
//
// Where it does not say for how long, a hold is of a second at first, and doubles when it is repeated soon. A
// hold only ever moves later. Owned by the limiter, on the loop, told the time.
#pragma once

#include <optional>

#include "base/time.h"

namespace fanout {

class Hold {
 public:
  // No request leaves before it. It may be past.
  std::optional<MonoTime> until() const { return until_; }
  bool is_on(MonoTime now) const { return until_ && *until_ > now; }

  // The reply to a request that was taken then said so; asked: for how long, if it said that too.
  void begin(MonoTime taken, MonoTime now, std::optional<milliseconds> asked);

  // The length of the last one for which the vendor did not say how long.
  milliseconds own_length() const { return own_length_; }
  void restore(std::optional<MonoTime> until, milliseconds own_length);

 private:
  std::optional<MonoTime> until_;
  milliseconds own_length_{0};
  std::optional<MonoTime> told_at_;  // the last time that it said we ask too much
};

}  // namespace fanout
