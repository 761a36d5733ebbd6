#include "harvest/active_run.h"

#include <utility>

#include "base/units.h"
#include "forecast/wording.h"

namespace fanout {
namespace {

std::int64_t unix_seconds(WallTime at) { return unix_ms(at) / 1000; }

template <typename Count>
std::int64_t sum(const std::vector<Tally>& tallies, Count count) {
  std::int64_t total = 0;
  for (const auto& tally : tallies) total += count(tally);
  return total;
}

}  // namespace

ActiveRun::ActiveRun(Run the_run, const PipelineSpec* pipeline, MonoTime now)
    : run(std::move(the_run)),
      names{run.id, format_utc_date(run.started_at), std::to_string(unix_seconds(run.started_at)),
            std::to_string(unix_seconds(run.since))},
      foresight(run, pipeline, now) {
  if (run.most_requests > 0 && pipeline != nullptr) sampling.emplace(*pipeline, run.most_requests);
}

const PageLengths& ActiveRun::lengths_of(const std::string& level) const {
  static constexpr PageLengths kNothing;
  const auto found = page_lengths.find(level);
  return found == page_lengths.end() ? kNothing : found->second;
}

bool ActiveRun::may_stop() const {
  return !stops.empty() && run.state == RunState::running && in_flight == 0 &&
         sum(tallies, [](const Tally& t) { return t.leased; }) == 0;
}

std::int64_t ActiveRun::ready() const {
  return sum(tallies, [](const Tally& t) { return t.ready; });
}
std::int64_t ActiveRun::open() const {
  return sum(tallies, [](const Tally& t) { return t.open(); });
}
std::int64_t ActiveRun::settled() const {
  return sum(tallies, [](const Tally& t) { return t.done + t.skipped + t.dead; });
}
std::int64_t ActiveRun::dead() const {
  return sum(tallies, [](const Tally& t) { return t.dead; });
}

std::string blocked_text(const RunProgress& run) {
  if (!run.opens_in) return run.blocked;
  const auto left = std::chrono::ceil<seconds>(*run.opens_in);
  return run.blocked + "; the next request goes in " + format_duration(left);
}

std::string prospect_text(const RunProgress& run) {
  auto text = blocked_text(run);
  if (run.left || text.empty()) text += (text.empty() ? "" : "; ") + left_text(run.left);
  return run.outlook.empty() ? text : text + "; " + run.outlook;
}

}  // namespace fanout
