// Tasks of each level, as the queue counts them. A value.
#pragma once

#include <cstdint>
#include <vector>

namespace fanout {

struct LevelCount {
  std::int64_t settled = 0;
  std::int64_t open = 0;
};
using Counts = std::vector<LevelCount>;  // by level of the tree

}  // namespace fanout
