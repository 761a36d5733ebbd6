// What is open goes down the tree: to how many tasks of each level it will come. Pure.
#pragma once

#include <optional>
#include <vector>

#include "forecast/counts.h"
#include "forecast/history.h"
#include "forecast/level_tree.h"
#include "forecast/sample.h"
#include "forecast/with_earlier.h"

namespace fanout {

class Offspring {
 public:
  // seen: all that this run has shown.
  Offspring(const LevelTree& tree, const Counts& counts, const Sums& seen, const History& history);

  // Tasks still to be settled, by level, if the run goes on as these sums say. more_of: as if what that level
  // is to list were one standard deviation more. Nothing where a level is to list what nobody has seen yet.
  std::optional<std::vector<double>> to_come(const Sums& sums, int more_of = -1) const;

 private:
  struct Open {
    double first = 0, further = 0;  // pages
    double kept = 1;                // of what is listed, the share that is new
  };
  std::optional<Estimate> of_level(std::size_t level, double parents, const Sums& sums) const;
  Estimate by_this_run(std::size_t level, double parents, const Sums& sums) const;

  const LevelTree& tree_;
  const Counts& counts_;
  const History& history_;
  std::vector<Open> open_;  // by level
};

}  // namespace fanout
