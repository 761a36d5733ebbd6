#include "harvest/time_needed.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harvest/limits_now.h"

namespace fanout {
namespace {

// Of hours that begin and end; what lies behind them is too far away to be foreseen.
constexpr int kMostHours = 200;

std::int64_t whole(double cost) { return static_cast<std::int64_t>(std::ceil(cost)); }

// Through the hours of the day: what may leave in each of them leaves.
std::optional<milliseconds> through_the_hours(const Limiter& limiter, const VendorSpec& vendor,
                                              std::int64_t cost, WallTime wall, MonoTime mono) {
  milliseconds passed{0};
  const Limiter* hour = &limiter;
  std::optional<Limiter> later;
  for (int i = 0; i < kMostHours; ++i) {
    const auto change = next_other_hour(vendor, wall + passed);
    const auto need = hour->time_for(cost, mono + passed);
    if (!change) return need ? std::optional(passed + *need) : std::nullopt;
    const auto until = std::chrono::ceil<milliseconds>(*change - wall);
    if (!need || passed + *need <= until) return need ? std::optional(passed + *need) : std::nullopt;
    cost -= std::min<std::int64_t>(hour->room(mono + passed, mono + until), cost - 1);
    passed = until;
    hour = &later.emplace(limits_now(vendor, wall + passed, mono + passed), mono + passed);
  }
  return passed;
}

}  // namespace

Load load_of(const PipelineSpec& pipeline, const VendorSpec& vendor, const std::vector<double>& calls) {
  Load load;
  const double all = std::accumulate(calls.begin(), calls.end(), 0.0);
  if (all <= 0) return load;
  load.cost = 0;
  for (std::size_t i = 0; i < std::min(calls.size(), pipeline.levels.size()); ++i) {
    const Level& level = pipeline.levels[i];
    load.cost += level.cost * calls[i] / all;
    for (const auto place : level.limits) {
      const auto& limit = vendor.limits.at(place);
      if (!limit.per) load.finer[place] += limit.cost.value_or(level.cost) * calls[i] / all;
    }
  }
  return load;
}

std::optional<milliseconds> time_needed(const Limiter& limiter, const VendorSpec& vendor, const Load& load,
                                        double calls, double beside, WallTime wall, MonoTime mono) {
  auto least = through_the_hours(limiter, vendor, whole(calls * load.cost + beside), wall, mono);
  for (const auto& [place, cost] : load.finer) {
    // One that binds in some hours only is not what they wait for in the others.
    if (vendor.limits.at(place).quiet) continue;
    least = std::max(least, limiter.parts().time_for(place, whole(calls * cost), mono));
  }
  return least;
}

}  // namespace fanout
