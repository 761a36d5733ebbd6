// What this run shows of a level, together with what earlier runs came to.
//
// Each counts as much as it is sure (the mean of two normal distributions, of logarithms). The whole level is
// compared, not its ratio: where the first branches were small, the others are larger than the ratio of the
// first would say, if the whole is as before. A run that is far from the earlier ones is believed against
// them. Pure.
#pragma once

#include "forecast/counts.h"

namespace fanout {

struct Estimate {
  double to_come = 0;    // tasks to be settled
  double deviation = 0;  // of those that are not listed yet, relative
};

// earlier: tasks of the level in all, as earlier runs have it; spread: the standard deviation of its
// logarithm.
Estimate with_earlier(const Estimate& own, const LevelCount& count, double earlier, double spread);

}  // namespace fanout
