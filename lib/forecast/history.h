// What earlier runs of a pipeline came to, level by level: the prior of a forecast. A value.
#pragma once

#include <optional>
#include <vector>

namespace fanout {

// Tasks by level of the tree; below 0: that run had no such level.
using Totals = std::vector<double>;

struct History {
  std::vector<Totals> runs;  // complete ones, the latest first
};

// Of one level: how many tasks there were for each of its parent level, or in all on a first level.
struct Known {
  double ratio = 0;
  double spread = 0;  // how far a run is from the one before: standard deviation of the logarithm
};
// Nothing where no earlier run had that level.
std::optional<Known> known_of(const History& history, int level, int parent);

}  // namespace fanout
