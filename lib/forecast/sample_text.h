// A sample as text, so that a forecast outlives the process. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "forecast/level_tree.h"
#include "forecast/sample.h"

namespace fanout {

std::string text_of(const Sample& sample, const LevelTree& tree);
// Nothing if it is no sample of such a tree: what it says can then be counted anew.
std::optional<Sample> sample_of(std::string_view text, const LevelTree& tree);

}  // namespace fanout
