#include "harvest/limits_now.h"

#include <algorithm>

namespace fanout {

Limits limits_now(const VendorSpec& spec, WallTime wall, MonoTime mono) {
  Limits limits{spec.concurrency, spec.rates,        spec.burst,        spec.jitter,
                spec.adaptive,    spec.retry.budget, spec.largest_cost, {}};
  for (const FinerLimitSpec& limit : spec.limits) {
    FinerLimits finer;
    finer.name = limit.name;
    finer.rates = limit.rates;
    finer.burst = limit.burst;
    finer.concurrency = limit.concurrency.value_or(FinerLimits::kNoSlots);
    finer.cost = limit.cost;
    finer.largest_cost = limit.largest_cost;
    finer.per_value = limit.per.has_value();
    finer.for_all = limit.binds_all();
    if (limit.quiet) {
      finer.in_force = limit.quiet->contain(wall);
      if (const auto end = limit.quiet->next_change(wall); end && finer.in_force)
        finer.ends = mono + std::chrono::ceil<milliseconds>(*end - wall);
    }
    limits.finer.push_back(std::move(finer));
  }
  return limits;
}

std::optional<WallTime> next_other_hour(const VendorSpec& spec, WallTime wall) {
  std::optional<WallTime> next;
  for (const FinerLimitSpec& limit : spec.limits) {
    const auto change = limit.quiet ? limit.quiet->next_change(wall) : std::nullopt;
    if (change) next = std::min(next.value_or(*change), *change);
  }
  return next;
}

}  // namespace fanout
