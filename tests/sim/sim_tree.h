// What a simulated vendor has: lists that may grow, named in the most hostile ways, each item of one list
// only.
//
// Owned by a simulation, on its one thread. Drawn by chance when it is first asked for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/chance.h"
#include "sim/plan.h"

namespace fanout::sim {

// Whose list, or which leaf: a request, but for its page.
struct Place {
  std::string pipeline;
  std::string level;
  std::string key;  // of the item above; empty on the first level
  // NOLINTNEXTLINE(modernize-use-nullptr): the 0 that this compares with is no pointer
  auto operator<=>(const Place&) const = default;
};

struct Item {
  std::string key;
  std::string json;
  bool gone = false;  // the level's `where` leaves it out
};

// What is always so at a place.
enum class Fate { well, vanished, forbidden, broken, at_the_gateway, silent };

class SimTree {
 public:
  explicit SimTree(std::uint64_t seed) : chance_(seed) {}

  // As it is now; each time it may have grown a little.
  const std::vector<Item>& list(const Place& place, const LevelPlan& level);
  Fate fate(const Place& place);
  void stop_growing() { growing_ = false; }

 private:
  Item draw_item(const LevelPlan& level);

  Chance chance_;
  bool growing_ = true;
  std::int64_t items_ = 0;
  std::map<Place, std::vector<Item>> lists_;
  std::map<Place, Fate> fates_;
};

}  // namespace fanout::sim
