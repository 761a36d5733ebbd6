#include "spec/pipeline.h"

namespace fanout {

const Level* PipelineSpec::level(std::string_view wanted) const {
  for (const Level& level : levels) {
    if (level.name == wanted) return &level;
  }
  return nullptr;
}

}  // namespace fanout
