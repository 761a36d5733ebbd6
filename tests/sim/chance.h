// The chances of a simulation, all from its seed.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "sim/timeline.h"

namespace fanout::sim {

class Chance : public SeededRandom {
 public:
  using SeededRandom::SeededRandom;
  // Another source of chances, so that what one part draws does not shift what another one gets.
  Chance branch() { return Chance(next()); }
  bool one_in(std::uint64_t n) { return next() % n == 0; }
  bool percent(int p) { return next() % 100 < static_cast<std::uint64_t>(p); }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(next() % (static_cast<std::uint64_t>(most - least) + 1));
  }
  microseconds between(microseconds least, microseconds most) {
    return microseconds(between(least.count(), most.count()));
  }
  template <typename Value>
  Value one_of(std::vector<Value> values) {
    return values[static_cast<std::size_t>(next() % values.size())];
  }
};

}  // namespace fanout::sim
