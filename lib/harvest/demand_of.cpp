#include "harvest/demand_of.h"

#include <fmt/format.h>

#include "base/excerpt.h"
#include "base/hash.h"

namespace fanout {
namespace {

// Thousands of them are kept, in memory and several times a second on the disk.
std::string short_name(std::string value) {
  constexpr std::size_t kLongest = 64;
  if (value.size() <= kLongest) return value;
  return fmt::format("{}~{:016x}", excerpt(value.substr(0, kLongest)), fnv1a(value));
}

}  // namespace

Demand demand_of(const Task& task, const RunNames& run, const PipelineSpec& pipeline,
                 const VendorSpec& vendor, std::optional<int> learned) {
  Demand demand;
  const Level* level = pipeline.level(task.level);
  if (level == nullptr) return demand;
  const int cost = learned.value_or(level->cost);
  demand.cost = cost;
  demand.retry = task.attempts > 1;
  for (const auto i : level->limits) {
    const FinerLimitSpec& limit = vendor.limits.at(i);
    Demand::Part part{i, limit.cost.value_or(cost)};
    if (limit.per) {
      Names names(task.parents, run, pipeline);
      const auto as_it_is = [](std::string value) { return value; };
      part.value = limit.per->expand_raw([&](std::string_view name) { return names.value(name); }, as_it_is)
                       .value_or("");
      part.value = short_name(std::move(part.value));
    }
    demand.parts.push_back(std::move(part));
  }
  return demand;
}

}  // namespace fanout
