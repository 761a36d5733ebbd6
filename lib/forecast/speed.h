// How fast a run moves lately.
//
// An exponentially weighted mean with a half-life of kHalfLife, over the time that there has been: in the
// first seconds it is the plain mean. Time for which the run was held up can be left out. Owned by the run,
// on the loop, told the time; never fails.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace fanout {

class Speed {
 public:
  static constexpr seconds kHalfLife{30};

  explicit Speed(MonoTime begun) : begun_(begun), at_(begun) {}

  void settled(std::int64_t count, MonoTime now);
  // As if the time from then to now had not been.
  void held_up(MonoTime from, MonoTime now);
  double rate(MonoTime now) const;  // settled a second
  // There has been enough time and movement to tell the rate.
  bool is_known(MonoTime now) const;

 private:
  MonoTime begun_;
  MonoTime at_;
  double weighted_ = 0;  // settled, each weighted by its age at at_
};

}  // namespace fanout
