#include "harvest/noting.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "forecast/wording.h"

namespace fanout {
namespace {

constexpr milliseconds kNoteEvery{1000};
constexpr milliseconds kKeepEvery{60'000};
// What is said in the first moments is soon otherwise.
constexpr milliseconds kWorthSayingAfter{10'000};

Foreseen foreseen(const ActiveRun& run, const Prospect& prospect, WallTime wall) {
  Foreseen foreseen;
  const auto& growth = prospect.growth;
  const auto& left = prospect.left;
  if (growth) {
    const auto all = [&](double to_come) { return run.settled() + std::llround(to_come); };
    foreseen.calls = Band<std::int64_t>{all(growth->low()), all(growth->median), all(growth->high())};
  }
  if (left) foreseen.eta = Band<WallTime>{wall + left->low, wall + left->median, wall + left->high};
  return foreseen;
}

// When it is first known, and again when what was said does not hold any more.
void say_when(ActiveRun& run, const Prospect& prospect, const Foreseen& foreseen, MonoTime now,
              const Log& log) {
  if (!foreseen.eta || !foreseen.calls) return;
  const auto end = foreseen.eta->median;
  auto& said = run.said;
  if (!said.at) said.at = now + kWorthSayingAfter - kKeepEvery;
  if (now - *said.at < kKeepEvery || (said.end.low <= end && end <= said.end.high)) return;
  said.at = now;
  said.end = *foreseen.eta;
  log.notice(fmt::format("run {} of pipeline {}: {}, {} calls in all", run.run.id, run.run.pipeline,
                         left_text(prospect.left), about(static_cast<double>(foreseen.calls->median))));
}

void say_what_goes_wrong(ActiveRun& run, const Prospect& prospect, const Log& log) {
  const auto say = [&](bool& said, const std::string& what) {
    if (std::exchange(said, !what.empty()) || what.empty()) return;
    log.warning(fmt::format("run {} of pipeline {}: {}", run.run.id, run.run.pipeline, what));
  };
  // Of what cannot be foreseen now nothing is known to be otherwise.
  if (prospect.left) say(run.said.late, prospect.late);
  if (prospect.growth) say(run.said.drain, prospect.drain);
}

RunNote note_of(ActiveRun& run, std::string blocked, const Horizon& horizon, const Log& log) {
  const auto prospect = prospect_of(run, horizon);
  run.noted_blocked = !blocked.empty();
  run.noted_at = horizon.now;
  run.to_come = prospect.growth ? prospect.growth->median : 0;
  const auto* pipeline = horizon.runs.pipeline_of(run);
  const auto deadline = pipeline == nullptr ? std::nullopt : deadline_of(run, *pipeline);
  if (deadline && prospect.left)
    run.urgency = urgency_of(run.urgency, prospect.left->median,
                             std::chrono::floor<milliseconds>(*deadline - horizon.wall));
  RunNote note{run.run.id,
               run.foresight.forecast().rate(horizon.now),
               foreseen(run, prospect, horizon.wall),
               std::move(blocked),
               prospect.outlook(),
               {}};
  const auto& kept_at = run.forecast_kept_at;
  if (kept_at ? horizon.now - *kept_at >= kKeepEvery : note.foreseen.calls.has_value()) {
    note.keep = KeptForecast{run.settled(), run.open(), run.foresight.forecast().text()};
    run.forecast_kept_at = horizon.now;
  }
  say_when(run, prospect, note.foreseen, horizon.now, log);
  say_what_goes_wrong(run, prospect, log);
  return note;
}

}  // namespace

void add_notes(Commit& commit, OpenRuns& runs, const Horizon& horizon, const Log& log) {
  for (auto& [id, run] : runs) {
    auto blocked = why_blocked(run, horizon.committer, horizon.runs, horizon.dispatchers);
    run.foresight.held_up(!blocked.empty(), horizon.now);
    if (run.noted_blocked == blocked.empty() || horizon.now - run.noted_at >= kNoteEvery)
      commit.batch.notes.push_back(note_of(run, std::move(blocked), horizon, log));
  }
}

}  // namespace fanout
