// How much longer a vendor takes than when it has little to do: the first sign that it is asked too much.
//
// Of replies that were good only, since an error that comes fast is no sign of health, and by level, since a
// list takes longer than one answer. A mean counts as longer, or shorter, than the baseline only if chance
// does not explain it: by three standard errors. What is shorter becomes the baseline; what is longer raises
// it by a twentieth in five minutes at most, so that a baseline which is measured under load does not drift
// away with it. After Netflix's concurrency-limits (Gradient2), less its long mean. Owned by the adaptive
// bound, on the loop.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/time.h"

namespace fanout {

class Latency {
 public:
  using Seconds = std::chrono::duration<double>;

  void answered(std::string_view level, Seconds took, MonoTime now);
  // How many times as long as with little to do, over the levels of which there were enough replies since the
  // last look. 1: as long.
  double look(MonoTime now);
  // The mean of a reply's baseline, by what was asked lately.
  Seconds baseline() const;

 private:
  struct Level {
    int count = 0;  // of replies since the last look that counted
    double sum = 0, squares = 0;
    double deviation = 0;  // of one reply from the mean; falls slowly
    double baseline = 0;
    double baseline_count = 0;  // of replies that it stands for
    double lately = 0;
    MonoTime raised_at;
  };
  static bool judge(Level& level, double mean, double deviation, MonoTime now);

  std::map<std::string, Level, std::less<>> levels_;
};

}  // namespace fanout
