// How fast a run moves lately, and how long what is open will take at that speed.
//
// The rate is an exponentially weighted mean with a half-life of kHalfLife, over the time that there has
// been: in the first seconds it is the plain mean. A tree that still grows is not foreseen. Owned by the run,
// on the loop, told the time; never fails.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace fanout {

class Forecast {
 public:
  static constexpr seconds kHalfLife{30};

  explicit Forecast(MonoTime begun) : begun_(begun), at_(begun) {}

  void settled(std::int64_t count, MonoTime now);
  double rate(MonoTime now) const;  // settled a second
  // Nothing while nobody can tell: in the first second, and when nothing has moved for long.
  std::optional<milliseconds> left(std::int64_t open, MonoTime now) const;

 private:
  MonoTime begun_;
  MonoTime at_;
  double weighted_ = 0;  // settled, each weighted by its age at at_
};

}  // namespace fanout
