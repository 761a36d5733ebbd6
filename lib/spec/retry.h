// When a failed task is tried again, and when it is given up on: what the configuration says. The rule is in
// task/retry.h.
#pragma once

#include "base/time.h"

namespace fanout {

struct Retry {
  int attempts = 5;
  milliseconds base{1000};
  milliseconds cap{300000};
  double budget =
      0.2;  // of all tasks of the vendor: retries for each request that is made for the first time
  friend bool operator==(const Retry&, const Retry&) = default;
};

}  // namespace fanout
