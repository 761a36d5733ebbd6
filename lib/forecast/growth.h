// How many calls a run has still to make, though its tree still grows.
//
// Each level lists children at some ratio to the settled tasks of its parent, and further pages of its lists.
// What is open goes through these ratios down the tree: that is what is expected. Ratios of sums are taken,
// so that a branch which was asked to its end counts with its true size, however its levels hang together.
// How much is known is the larger of two accounts, each of which is blind where the other sees: how children
// differ from parent to parent, and how much the forecast changes when a stretch of the run is left out (a
// jackknife of blocks: Kuensch, Annals of Statistics 17, 1989). What comes may be unlike what was seen in
// ways that cannot be seen, and a share of it is added for that. Pure.
#pragma once

#include <optional>
#include <vector>

#include "forecast/counts.h"
#include "forecast/history.h"
#include "forecast/level_tree.h"
#include "forecast/sample.h"

namespace fanout {

// How far out one in ten lies, in standard deviations of the normal distribution.
inline constexpr double kOneInTen = 1.2816;

struct Growth {
  std::vector<double> to_come;  // tasks to settle, by level: what is open and what it will list
  double open = 0;              // … of them are listed already, so there is no less to come
  double median = 0;            // … in all
  double spread = 0;            // standard deviation of its logarithm

  double low() const;   // there is less in one case of ten
  double high() const;  // … more
};

// Nothing where nobody can tell yet, such as while no task of a level has shown what it lists.
std::optional<Growth> growth_of(const LevelTree& tree, const Counts& counts, const Sample& sample,
                                const History& history);

}  // namespace fanout
