#include "harvest/status.h"

#include <fmt/format.h>

#include "base/units.h"

namespace fanout {

std::vector<RunProgress> progress_of(const Horizon& horizon) {
  const auto& [runs, committer, dispatchers, agenda, now, wall] = horizon;
  std::vector<RunProgress> all;
  for (const auto& [id, run] : runs) {
    const auto prospect = prospect_of(run, horizon);
    all.push_back({run.run,
                   run.tallies,
                   run.foresight.forecast().rate(now),
                   prospect.left,
                   prospect.outlook(),
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
    line += ", " + prospect_text(progress);
  }
  return line;
}

}  // namespace fanout
