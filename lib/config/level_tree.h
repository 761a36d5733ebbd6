// From the levels of a pipeline as they were written to a tree, parents before children. Pure.
#pragma once

#include <string>
#include <vector>

#include "config/complaints.h"
#include "config/reader.h"
#include "spec/level.h"

namespace fanout {

// One [[pipeline.X.level]] as it was read.
struct LevelSection {
  Level level;
  std::string parent;  // name; empty on a first level
  Place name_place;
  Place parent_place;
  bool lists_items = false;  // `items` is there, right or wrong
  bool in_tree = false;      // its ancestors are known up to a first level
  std::vector<TemplateAt> templates;
};

// Puts parents before children, otherwise in the order in which they were written, and gives each level its
// parent, children and depth. Complains about twins, parents that are not known or list nothing, and cycles;
// levels below one of these come last and are not in_tree.
std::vector<LevelSection> grow_tree(std::vector<LevelSection> levels, Complaints& complaints);

// The ancestors of a level of the tree, from the first level down.
std::vector<const Level*> ancestors_of(const std::vector<LevelSection>& levels, const Level& level);

}  // namespace fanout
