// Trees of twenty shapes, and a run that asks for one of them as the daemon would.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "forecast/counts.h"
#include "forecast/history.h"
#include "forecast/level_tree.h"
#include "forecast/sample.h"

namespace fanout {

// Draws that are the same on every machine.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  double normal();
  double lognormal(double median, double deviation);
  int around(double mean);  // Poisson's
  bool chance(double share) { return uniform() < share; }

 private:
  std::mt19937_64 engine_;
};

struct GrownTask {
  int level = 0;
  bool further = false;
  std::vector<std::size_t> listed;  // by its reply, in order
};

struct GrownTree {
  LevelTree levels;
  std::vector<GrownTask> tasks;  // the first is the root
};

struct TreeShape {
  std::string name;
  std::function<GrownTree(Draw&)> grow;
};
const std::vector<TreeShape>& tree_shapes();

// The same tree some time later: a few items are gone, a few are new.
GrownTree changed(const GrownTree& tree, Draw& draw, double share);
Totals totals_of(const GrownTree& tree);

// A run through a tree: the deepest level first, in the order in which it was listed, some in flight at once.
class RunThrough {
 public:
  RunThrough(const GrownTree& tree, int in_flight, Draw& draw);
  // Settles one. Nothing is left: nothing.
  std::optional<Settled> step();
  const Counts& counts() const { return counts_; }

 private:
  void claim();

  const GrownTree& tree_;
  int most_in_flight_;
  Draw& draw_;
  std::vector<int> depths_;                      // by level
  std::vector<std::vector<std::size_t>> ready_;  // by depth
  std::vector<std::size_t> next_;                // … where the ready ones begin
  std::vector<std::size_t> in_flight_;
  Counts counts_;
};

}  // namespace fanout
