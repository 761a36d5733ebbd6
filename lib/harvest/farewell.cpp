#include "harvest/farewell.h"

#include <fmt/format.h>

#include "base/units.h"

namespace fanout {
namespace {

void say_what_was_left_out(const ActiveRun& run, const Log& log) {
  for (const auto& tally : run.tallies) {
    const auto& [by_where, failed] = tally.left_out;
    if (by_where > 0) {
      log.notice(fmt::format("run {}: where of level {} left out {} {}", run.run.id, tally.level, by_where,
                             by_where == 1 ? "item" : "items"));
    }
    if (failed > 0) {
      log.warning(
          fmt::format("run {}: where of level {} failed on {} items, which were left out; mend it and "
                      "start again to have them",
                      run.run.id, tally.level, failed));
    }
  }
}

// A level with nothing but skips is more likely a slip in its path than a vendor that has lost everything.
void warn_of_skipped_levels(const ActiveRun& run, const Log& log) {
  for (const auto& tally : run.tallies) {
    if (tally.skipped == 0 || tally.done + tally.dead > 0) continue;
    log.warning(fmt::format(
        "run {}: all {} tasks of level {} were skipped, so nothing of it was kept; is its path right? "
        "task.reason says why each was skipped",
        run.run.id, tally.skipped, tally.level));
  }
}

}  // namespace

void say_farewell(const ActiveRun& run, WallTime now, const std::string& fanoutctl, const Log& log) {
  std::int64_t done = 0, skipped = 0;
  for (const auto& tally : run.tallies) {
    done += tally.done;
    skipped += tally.skipped;
  }
  if (!run.stops.empty() && run.open() > 0) {
    log.error(fmt::format(
        "run {} of pipeline {} is stopped: {}; {} done, {} skipped, {} dead, {} still open, after "
        "{}; look with: {} dead list --run {}; go on with: {} resume run/{}",
        run.run.id, run.run.pipeline, run.stops, done, skipped, run.dead(), run.open(),
        format_duration(now - run.run.started_at), fanoutctl, run.run.id, fanoutctl, run.run.id));
    return;
  }
  const bool cancelled = run.run.state == RunState::cancelled;
  if (run.sampling && !cancelled) {
    const int failures = run.sampling->failures();
    const auto line = fmt::format(
        "run {}, a sample of pipeline {}, has ended: {} requests, {} failed; what it says: {} plan {}",
        run.run.id, run.run.pipeline, run.sampling->requests(), failures, fanoutctl, run.run.pipeline);
    return failures > 0 ? log.warning(line) : log.notice(line);
  }
  const auto line = fmt::format("run {} of pipeline {} is {}: {} done, {} skipped, {} dead, after {}",
                                run.run.id, run.run.pipeline, cancelled ? "cancelled" : "complete", done,
                                skipped, run.dead(), format_duration(now - run.run.started_at));
  say_what_was_left_out(run, log);
  run.dead() > 0 ? log.warning(fmt::format("{}; look with: {} dead list", line, fanoutctl))
                 : log.notice(line);
  if (!cancelled) warn_of_skipped_levels(run, log);
}

}  // namespace fanout
