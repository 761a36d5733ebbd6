#include "sim/turns.h"

#include <fmt/format.h>

#include <algorithm>

namespace fanout::sim {
namespace {

// Turns are given to what is claimed, and what others have claimed before goes first.
constexpr int kClaimedBefore = 40;

bool has_tasks_to_go(const RunProgress& run) {
  return run.run.state == RunState::running && run.blocked.empty() &&
         std::ranges::any_of(run.tallies, [](const Tally& tally) { return tally.ready > 0; });
}

}  // namespace

void Turns::arrived(const std::string& pipeline, const std::vector<RunProgress>& open) {
  const auto& vendor = plan_.pipelines.at(pipeline).vendor;
  std::map<std::string, bool> waits;
  int weights = 0;
  for (const auto& run : open) {
    const auto& plan = plan_.pipelines.at(run.run.pipeline);
    if (plan.vendor != vendor) continue;
    if (!waits.contains(plan.name)) weights += plan.weight;
    waits[plan.name] |= has_tasks_to_go(run);
  }
  for (const auto& [name, plan] : plan_.pipelines) {
    if (plan.vendor != vendor) continue;
    auto& passed_over = passed_over_[name];
    passed_over = name == pipeline || !waits[name] ? 0 : passed_over + 1;
    if (passed_over > kClaimedBefore + 4 * weights / plan.weight)
      journal_.found(fmt::format("{} waits while {} requests of others go to {}", name, passed_over, vendor));
  }
}

}  // namespace fanout::sim
