// What is foreseen of a run, and what earlier runs of its pipeline came to, as the store keeps it. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace fanout {

// In one case of ten it is less than low, in one more than high.
template <typename Value>
struct Band {
  Value low{};
  Value median{};
  Value high{};
};

struct Foreseen {
  std::optional<Band<std::int64_t>> calls;  // tasks that it will come to in all; nothing: nobody can tell
  std::optional<Band<WallTime>> eta;
};

// Kept so that one can see afterwards how far it was off.
struct KeptForecast {
  std::int64_t settled = 0;  // tasks
  std::int64_t open = 0;
  std::string seen;  // what the run has shown so far, see forecast/sample_text.h
};

// Tasks of one level of a run that was complete.
struct LevelTotal {
  std::string level;
  std::int64_t tasks = 0;
};
using EarlierRun = std::vector<LevelTotal>;

}  // namespace fanout
