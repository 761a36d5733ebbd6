#include "harvest/limits_now.h"

#include <algorithm>

namespace fanout {
namespace {

Period period_of(const CalendarQuota& quota, WallTime wall, MonoTime mono) {
  const auto at = wall - Period::kAround;
  const auto mono_at = [&](WallTime moment) { return mono + std::chrono::ceil<milliseconds>(moment - at); };
  return {quota.limit(), mono_at(quota.begin_of(at)), mono_at(quota.end_of(at)), quota.text()};
}

}  // namespace

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
    if (limit.quota) finer.period = period_of(*limit.quota, wall, mono);
    limits.finer.push_back(std::move(finer));
  }
  return limits;
}

std::optional<WallTime> next_other_hour(const VendorSpec& spec, WallTime wall) {
  std::optional<WallTime> next;
  for (const FinerLimitSpec& limit : spec.limits) {
    const auto change = limit.quiet ? limit.quiet->next_change(wall) : std::nullopt;
    if (change) next = std::min(next.value_or(*change), *change);
    if (!limit.quota) continue;
    const auto reset = limit.quota->end_of(wall - Period::kAround) + Period::kAround;
    next = std::min(next.value_or(reset), reset);
  }
  return next;
}

}  // namespace fanout
