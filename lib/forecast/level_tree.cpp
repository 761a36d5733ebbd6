#include "forecast/level_tree.h"

#include <algorithm>

namespace fanout {

int index_in(const LevelTree& tree, const std::string& level) {
  const auto found = std::ranges::find(tree, level, &LevelNode::name);
  return found == tree.end() ? -1 : static_cast<int>(found - tree.begin());
}

}  // namespace fanout
