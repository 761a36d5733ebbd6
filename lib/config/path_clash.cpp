#include "config/path_clash.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/wording.h"
#include "output/format.h"

namespace fanout {
namespace {

// The name that stands for an item's key in templates; nothing if the key lies deeper than a name reaches.
std::optional<std::string> name_of_key(const Level& level) {
  if (level.key.steps().empty()) return level.name;
  const auto* field = std::get_if<std::string>(&level.key.steps().front());
  if (level.key.steps().size() > 1 || field == nullptr) return std::nullopt;
  // A list of plain texts or numbers: each is its own key.
  return level.keep.empty() ? level.name : level.name + "." + *field;
}

}  // namespace

std::string missing_from_path(const PipelineSpec& pipeline, const OutputSpec& output) {
  const Level* level = pipeline.level(output.level);
  if (!output.format->one_file_per_answer() || level == nullptr) return {};
  const auto there = output.to.names();
  std::vector<std::string> missing;
  while (level->parent >= 0) {
    level = &pipeline.levels[static_cast<std::size_t>(level->parent)];
    const auto name = name_of_key(*level);
    if (!name) {
      missing.push_back("the key of " + level->name);
    } else if (std::ranges::count(there, *name) == 0) {
      missing.push_back("{" + *name + "}");
    }
    if (level->unique_in_run) break;  // no key of it comes twice in a run
  }
  return missing.empty() ? std::string() : listed(missing);
}

}  // namespace fanout
