// The levels of a pipeline as a forecast sees them: which one is asked for each item of which. A value.
#pragma once

#include <string>
#include <vector>

namespace fanout {

struct LevelNode {
  std::string name;
  int parent = -1;            // index of the level whose items it is asked for; -1: a first level
  bool tells_length = false;  // the first page of a list says how many there are
  friend bool operator==(const LevelNode&, const LevelNode&) = default;
};
using LevelTree = std::vector<LevelNode>;  // parents before children

// -1 where there is none of that name.
int index_in(const LevelTree& tree, const std::string& level);

}  // namespace fanout
