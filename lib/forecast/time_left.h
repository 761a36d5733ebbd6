// Calls to come become time: at the pace that was measured or the one that the limits allow, whichever takes
// longer. Pure.
#pragma once

#include <functional>
#include <optional>

#include "base/time.h"
#include "forecast/growth.h"

namespace fanout {

// A 10-90 % band.
struct TimeLeft {
  milliseconds low{0};
  milliseconds median{0};
  milliseconds high{0};
  friend bool operator==(const TimeLeft&, const TimeLeft&) = default;
};

struct Going {
  std::optional<double> rate;  // settled a second, measured lately; nothing: nobody knows
  milliseconds waits{0};       // nothing goes for so long
  // How long so many calls take at the least. Nothing: no limit says so. Empty: there are none.
  std::function<std::optional<milliseconds>(double calls)> at_best;
};

// Nothing where neither a pace nor a limit is known, or where it is further off than anybody can say.
std::optional<TimeLeft> time_left(const Growth& growth, const Going& going);

}  // namespace fanout
