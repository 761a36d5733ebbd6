#include "harvest/status.h"

#include <fmt/format.h>

#include "base/units.h"

namespace fanout {

std::string why_blocked(const ActiveRun& run, const Committer& committer, const OpenRuns& runs,
                        const Dispatchers& dispatchers) {
  if (!committer.blocked().empty()) return committer.blocked();
  auto why_not = runs.why_not(run);
  return why_not.empty() ? dispatchers.of(runs.pipeline_of(run)->vendor).standstill().why : why_not;
}

std::vector<RunProgress> progress_of(const OpenRuns& runs, const Committer& committer,
                                     const Dispatchers& dispatchers, MonoTime now) {
  std::vector<RunProgress> all;
  for (const auto& [id, run] : runs) {
    auto left = run.left(now);
    all.push_back({run.run,
                   run.tallies,
                   run.speed.rate(now),
                   left,
                   why_blocked(run, committer, runs, dispatchers),
                   {}});
    const auto* pipeline = runs.pipeline_of(run);
    if (all.back().blocked.empty() || pipeline == nullptr) continue;
    all.back().opens_in = dispatchers.of(pipeline->vendor).standstill().opens_in;
  }
  return all;
}

std::string status_of(const std::vector<RunProgress>& runs, const Committer& committer,
                      const Agenda& agenda) {
  if (!committer.blocked().empty()) return committer.blocked();
  if (runs.empty()) {
    const auto next = agenda.next();
    return next ? "idle; the next run is due " + format_utc(*next) : "idle";
  }
  std::string line;
  for (const auto& progress : runs) {
    std::int64_t settled = 0, expected = 0;
    for (const auto& tally : progress.tallies) {
      settled += tally.expected() - tally.open();
      expected += tally.expected();
    }
    line += fmt::format("{}{}: {} of {}", line.empty() ? "" : "; ", progress.run.pipeline, settled, expected);
    if (!progress.blocked.empty()) {
      line += ", " + blocked_text(progress);
    } else if (progress.left) {
      line += ", " + format_duration(std::chrono::ceil<seconds>(*progress.left)) + " left";
    }
  }
  return line;
}

}  // namespace fanout
