#include "harvest/prospect.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "forecast/wording.h"
#include "harvest/time_needed.h"

namespace fanout {
namespace {

constexpr milliseconds kDay = std::chrono::hours(24);
// Of the time until a deadline: above so much of it a run is urgent, below so little no more. A second later
// the pace has not changed yet, so urgency changes in steps, tenfold in two minutes.
constexpr double kTight = 0.9;
constexpr double kEasy = 0.6;
constexpr double kStep = 1.02;
constexpr double kMostUrgent = 10;

// Requests of other runs of the vendor that go while so many of this one do: each has its share of the turns.
double beside(const ActiveRun& run, double requests, const Horizon& horizon) {
  const auto* own = horizon.runs.pipeline_of(run);
  double others = 0;
  for (const auto& [id, other] : horizon.runs) {
    const auto* pipeline = horizon.runs.pipeline_of(other);
    if (&other == &run || pipeline == nullptr || pipeline->vendor != own->vendor) continue;
    if (!horizon.runs.may_go(other)) continue;
    const double most = std::max(other.to_come, static_cast<double>(other.open()));
    others += std::min(most * other.foresight.requests_each(),
                       requests * horizon.runs.turns_of(other) / horizon.runs.turns_of(run));
  }
  return others;
}

std::optional<TimeLeft> left_of(const ActiveRun& run, const Growth& growth, const Horizon& horizon) {
  if (!horizon.committer.blocked().empty() || !horizon.runs.may_go(run)) return std::nullopt;
  const auto& dispatcher = horizon.dispatchers.of(horizon.runs.pipeline_of(run)->vendor);
  const auto still = dispatcher.standstill();
  if (!still.why.empty() && !(still.passes && still.opens_in)) return std::nullopt;
  if (dispatcher.limiter().searches()) return std::nullopt;
  Going going;
  going.rate = run.foresight.forecast().pace(horizon.now);
  // What was measured lags behind a search; what it leaves to others is in what is best.
  if (going.rate)
    going.rate = std::max(*going.rate, dispatcher.limiter().allowed() / run.foresight.requests_each());
  if (!still.why.empty()) going.waits = *still.opens_in;
  const auto load = load_of(*horizon.runs.pipeline_of(run), dispatcher.spec(), growth.to_come);
  going.at_best = [&](double calls) {
    const double requests = calls * run.foresight.requests_each();
    return time_needed(dispatcher.limiter(), dispatcher.spec(), load, requests,
                       beside(run, requests, horizon), horizon.wall, horizon.now);
  };
  return time_left(growth, going);
}

std::string late_for(const std::string& what, WallTime moment, const TimeLeft& left, const Horizon& horizon) {
  if (horizon.wall + left.median <= moment) return {};
  const bool surely = horizon.wall + left.low > moment;
  return fmt::format("will {}not finish before its {}, {}", surely ? "" : "probably ", what,
                     format_utc(moment).substr(0, 16) + "Z");
}

std::string why_late(const ActiveRun& run, const TimeLeft& left, const Horizon& horizon) {
  if (const auto deadline = deadline_of(run, *horizon.runs.pipeline_of(run))) {
    if (auto late = late_for("deadline", *deadline, left, horizon); !late.empty()) return late;
  }
  const auto next = horizon.agenda == nullptr ? std::nullopt : horizon.agenda->next(run.run.pipeline);
  return next && !run.run.reopened ? late_for("next start", *next, left, horizon) : "";
}

std::string why_not_drained(const ActiveRun& run, const Horizon& horizon) {
  const auto& config = *horizon.runs.config();
  const auto& vendor = config.vendors.at(horizon.runs.pipeline_of(run)->vendor);
  const auto tightest = tightest_in_a_day(vendor);
  if (!tightest || horizon.agenda == nullptr) return {};
  double needed = 0, cost = 0;
  for (const auto& [name, pipeline] : config.pipelines) {
    if (pipeline.vendor != vendor.name) continue;
    const double calls = horizon.agenda->runs_a_day(name) * horizon.runs.usual_calls(name);
    needed += calls;
    cost += calls * horizon.runs.usual_cost(name);
  }
  needed *= run.foresight.requests_each();
  cost *= run.foresight.requests_each();
  if (cost <= in_a_day(*tightest)) return {};
  return fmt::format("will not drain: the runs of a day ask for {} calls{}, and {} allows {}", about(needed),
                     cost > needed ? fmt::format(" that cost {}", about(cost)) : "", format_rate(*tightest),
                     about(in_a_day(*tightest)));
}

}  // namespace

std::string Prospect::outlook() const {
  std::string text;
  for (const auto& each : {search, late, drain}) {
    if (!each.empty()) text += (text.empty() ? "" : "; ") + each;
  }
  return text;
}

Prospect prospect_of(const ActiveRun& run, const Horizon& horizon) {
  Prospect prospect;
  if (!run.counted || horizon.runs.pipeline_of(run) == nullptr || run.run.state != RunState::running ||
      run.sampling)
    return prospect;
  prospect.growth = run.foresight.forecast().growth();
  if (!prospect.growth) return prospect;
  if (horizon.dispatchers.of(horizon.runs.pipeline_of(run)->vendor).limiter().searches())
    prospect.search = "how fast its vendor may be asked is being found";
  prospect.left = left_of(run, *prospect.growth, horizon);
  if (prospect.left) prospect.late = why_late(run, *prospect.left, horizon);
  prospect.drain = why_not_drained(run, horizon);
  return prospect;
}

std::string why_blocked(const ActiveRun& run, const Committer& committer, const OpenRuns& runs,
                        const Dispatchers& dispatchers) {
  if (!committer.blocked().empty()) return committer.blocked();
  auto why_not = runs.why_not(run);
  return why_not.empty() ? dispatchers.of(runs.pipeline_of(run)->vendor).standstill().why : why_not;
}

std::optional<WallTime> deadline_of(const ActiveRun& run, const PipelineSpec& pipeline) {
  if (!pipeline.deadline || run.run.reopened) return std::nullopt;
  const auto daily = each_day(*pipeline.deadline, "*", pipeline.zone, nullptr);
  return daily ? daily->next_after(run.run.started_at) : std::nullopt;
}

double urgency_of(double before, milliseconds left, milliseconds until) {
  if (until <= milliseconds(0)) return kMostUrgent;
  const double used = std::chrono::duration<double>(left) / std::chrono::duration<double>(until);
  if (used > kTight) return std::min(before * kStep, kMostUrgent);
  return used < kEasy ? std::max(before / kStep, 1.0) : before;
}

double in_a_day(const Rate& rate) {
  return static_cast<double>(rate.limit) * std::chrono::duration<double>(kDay).count() /
         std::chrono::duration<double>(rate.window).count();
}

std::optional<Rate> tightest_in_a_day(const VendorSpec& vendor) {
  auto rates = vendor.rates;
  for (const auto& limit : vendor.limits) {
    if (!limit.binds_all() || limit.quiet || limit.cost) continue;
    rates.insert(rates.end(), limit.rates.begin(), limit.rates.end());
    if (limit.quota) rates.push_back(limit.quota->as_rate());
  }
  if (rates.empty()) return std::nullopt;
  return *std::ranges::min_element(rates, {}, in_a_day);
}

}  // namespace fanout
