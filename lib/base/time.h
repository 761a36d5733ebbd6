// The two notions of time, as types that cannot be mixed up.
//
// WallTime is what people and vendors mean: it is written into rows and logs, and it can jump. MonoTime is
// what limits and time-outs are kept in: it never jumps and goes on while the machine sleeps. Neither type
// can read a clock; only a Clock (base/clock.h) can.
#pragma once

#include <chrono>
#include <cstdint>

namespace fanout {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

using WallTime = std::chrono::sys_time<milliseconds>;

// A clock in name only: it has no now(), so nobody can read it behind the Clock's back.
struct SinceBoot {
  using duration = microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SinceBoot>;
  static constexpr bool is_steady = true;
};
using MonoTime = SinceBoot::time_point;

inline std::int64_t unix_ms(WallTime at) { return at.time_since_epoch().count(); }
inline WallTime from_unix_ms(std::int64_t ms) { return WallTime(milliseconds(ms)); }

}  // namespace fanout
