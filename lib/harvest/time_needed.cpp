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

// What the limits allow of calls that cost so much each, seen from now, at some later hour.
class Later {
 public:
  Later(const Limiter& now, const VendorSpec& vendor, double cost, WallTime wall, MonoTime mono)
      : now_(now), vendor_(vendor), cost_(cost), wall_(wall), mono_(mono) {
    vendor_.adaptive = false;  // what was found so far is that of now
  }

  // It is so much later.
  void is(milliseconds passed) {
    passed_ = passed;
    if (passed > milliseconds(0))
      hour_.emplace(limits_now(vendor_, wall_ + passed, mono_ + passed), mono_ + passed);
  }
  // How long the rest of all calls takes. What binds at all hours is looked at over all of them: it has no
  // more quota because another hour begins.
  std::optional<milliseconds> time_for(double rest, double all) const {
    if (!hour_) return now_.time_for(rest, cost_, mono_);
    auto need = hour_->time_for(rest, cost_, mono_ + passed_);
    if (const auto at_all_hours = now_.time_at_all_hours(all, cost_, mono_))
      need = std::max(need, std::optional(*at_all_hours - passed_));
    if (now_.allowed() > 0) need = std::max(need, std::optional(time_of(rest / now_.allowed())));
    return need;
  }
  double leave_until(milliseconds until) const {
    if (!hour_) return now_.leave_until(mono_ + until, cost_, mono_);
    const auto leave = hour_->leave_until(mono_ + until, cost_, mono_ + passed_);
    const auto seconds = std::chrono::duration<double>(until - passed_).count();
    return now_.allowed() > 0 ? std::min(leave, now_.allowed() * seconds) : leave;
  }

 private:
  static milliseconds time_of(double seconds) {
    return std::chrono::ceil<milliseconds>(std::chrono::duration<double>(seconds));
  }

  const Limiter& now_;
  VendorSpec vendor_;
  double cost_;
  WallTime wall_;
  MonoTime mono_;
  milliseconds passed_{0};
  std::optional<Limiter> hour_;
};

// Through the hours of the day: what may leave in each of them leaves.
std::optional<milliseconds> through_the_hours(const Limiter& limiter, const VendorSpec& vendor, double calls,
                                              double cost, WallTime wall, MonoTime mono) {
  Later later(limiter, vendor, cost, wall, mono);
  milliseconds passed{0};
  double gone = 0;
  for (int i = 0; i < kMostHours; ++i) {
    later.is(passed);
    const auto need = later.time_for(calls - gone, calls);
    const auto change = next_other_hour(vendor, wall + passed);
    if (!change || !need) return need ? std::optional(passed + *need) : std::nullopt;
    const auto until = std::chrono::ceil<milliseconds>(*change - wall);
    if (passed + *need <= until) return passed + *need;
    gone = std::min(gone + later.leave_until(until), calls - 1);
    passed = until;
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

double cost_of(const EarlierRun& run, const PipelineSpec& pipeline) {
  double cost = 0;
  for (const auto& total : run) {
    const Level* level = pipeline.level(total.level);
    cost += static_cast<double>(total.tasks) * (level == nullptr ? 1 : level->cost);
  }
  return cost;
}

std::optional<milliseconds> time_needed(const Limiter& limiter, const VendorSpec& vendor, const Load& load,
                                        double calls, double beside, WallTime wall, MonoTime mono) {
  auto least = through_the_hours(limiter, vendor, calls + beside,
                                 (calls * load.cost + beside) / std::max(calls + beside, 1.0), wall, mono);
  for (const auto& [place, cost] : load.finer) {
    // One that binds in some hours only is not what they wait for in the others.
    if (vendor.limits.at(place).quiet) continue;
    least = std::max(least, limiter.parts().time_for(place, whole(calls * cost), mono));
  }
  return least;
}

}  // namespace fanout
