// Whether the names in a template stand for something where the template stands. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/complaints.h"
#include "config/level_tree.h"
#include "config/reader.h"

namespace fanout {

// A template of a level or of one of its outputs may name what its ancestors keep, the run, and the
// pipeline's vars. Complains about every other name, at its place.
void check_names(const TemplateAt& written, const Level& level, const std::vector<LevelSection>& levels,
                 const std::map<std::string, std::string>& vars, Complaints& complaints);

}  // namespace fanout
