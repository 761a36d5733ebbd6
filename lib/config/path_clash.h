// Whether two answers of a run may come to lie under one path, as far as the configuration says. Pure.
#pragma once

#include <string>

#include "spec/pipeline.h"

namespace fanout {

// For an output with a file for each answer: what its path lacks to tell any two apart, such as "{troop.id}";
// empty if it has all, or if the output is of another kind. What the paths of a run really come to is watched
// while it runs.
std::string missing_from_path(const PipelineSpec& pipeline, const OutputSpec& output);

}  // namespace fanout
