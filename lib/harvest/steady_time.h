// The time by which things are old enough to be thrown away: one that a jump of the clock does not move.
//
// A clock that is a year ahead would make every run a year old. So what counts is the latest moment that the
// store knew of at the start, and the time that has passed since; the clock itself counts once it has gone
// along with the time since boot for a whole day. Then it is later by days at most, and what is thrown away
// late is thrown away all the same. Owned by the engine, on the loop.
#pragma once

#include <optional>

#include "base/clock.h"

namespace fanout {

class SteadyTime {
 public:
  // latest: when the latest run ended; nothing: none has.
  SteadyTime(const Clock& clock, std::optional<WallTime> latest);

  // Never later than the wall clock.
  WallTime wall();

 private:
  const Clock& clock_;
  WallTime anchor_;
  MonoTime at_;
  WallTime boot_;  // as the wall clock has it
  MonoTime agreed_since_;
};

}  // namespace fanout
