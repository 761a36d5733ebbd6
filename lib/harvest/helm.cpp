#include "harvest/helm.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/units.h"
#include "harvest/why.h"
#include "task/disposition.h"

namespace fanout {
namespace {

template <typename Names>
std::string listed(const Names& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

std::vector<std::string> pipelines_of(const Config& config) {
  std::vector<std::string> names;
  for (const auto& [name, pipeline] : config.pipelines) names.push_back(name);
  return names;
}

// Of few nobody can tell.
bool is_too_much(const Tally& tally, const std::optional<double>& tolerated) {
  if (!tolerated || tally.dead == 0) return false;
  const auto settled = static_cast<double>(tally.done + tally.skipped + tally.dead);
  const double most = *tolerated * settled;
  return static_cast<double>(tally.dead) > most && (most >= 1 || *tolerated <= 0);
}

}  // namespace

Helm::Helm(const Clock& clock, OpenRuns& runs, Dispatchers& dispatchers, Agenda& agenda, Committer& committer)
    : clock_(clock), runs_(runs), dispatchers_(dispatchers), agenda_(agenda), committer_(committer) {}

bool Helm::is_beginning(const std::string& pipeline) const { return committer_.begins_run_of(pipeline); }

bool Helm::is_pipeline(const std::string& name) const { return runs_.config()->pipelines.contains(name); }

std::string Helm::why_not_start(const std::string& pipeline) {
  if (!is_pipeline(pipeline)) {
    return fmt::format("no pipeline {} in the configuration; there are: {}", pipeline,
                       listed(pipelines_of(*runs_.config())));
  }
  // One that had ended and was put back to work holds up no other, and a sample gives way.
  if (const auto* open = runs_.of_pipeline(pipeline);
      open != nullptr && !open->run.reopened && !open->sampling)
    return fmt::format("run {} of it is still open", open->run.id);
  return is_beginning(pipeline) ? "a run of it is just beginning" : "";
}

std::string Helm::start(const std::string& pipeline) {
  const auto why_not = why_not_start(pipeline);
  if (!why_not.empty()) return "refused: " + why_not;
  start(pipeline, "control", clock_.wall());
  return "started";
}

std::string Helm::sample(const std::string& pipeline, int most_requests) {
  const auto* open = runs_.of_pipeline(pipeline);
  if (open != nullptr && open->sampling)
    return fmt::format("refused: run {} of it, a sample, is still open; to end it: cancel", open->run.id);
  const auto why_not = why_not_start(pipeline);
  if (!why_not.empty())
    return fmt::format("refused: {}{}", why_not,
                       open != nullptr ? ", and its status says what it comes to" : "");
  start(pipeline, kSample, clock_.wall(), most_requests);
  return fmt::format("a sample of at most {} requests is taken", most_requests);
}

void Helm::start(const std::string& pipeline, const std::string& cause, WallTime scheduled_for,
                 int most_requests) {
  if (const auto* open = runs_.of_pipeline(pipeline); open != nullptr && open->sampling) cancel(pipeline);
  NewRun fresh;
  fresh.run.pipeline = pipeline;
  fresh.run.cause = cause;
  fresh.run.scheduled_for = scheduled_for;
  fresh.run.started_at = clock_.wall();
  fresh.run.most_requests = most_requests;
  for (const auto& level : runs_.config()->pipelines.at(pipeline).levels) {
    if (level.parent >= 0) continue;
    Seed seed;
    seed.level = level.name;
    seed.parents = "{}";
    fresh.seeds.push_back(std::move(seed));
  }
  if (most_requests > 0)
    fresh.seeds.resize(std::min(fresh.seeds.size(), static_cast<std::size_t>(most_requests)));
  committer_.pending().batch.new_runs.push_back(std::move(fresh));
}

std::string Helm::cancel(const std::string& pipeline) {
  auto* open = runs_.of_pipeline(pipeline);  // perhaps of one that is no longer in the configuration
  if (open == nullptr && !is_pipeline(pipeline)) return "refused: " + why_not_start(pipeline);
  if (open == nullptr) return "refused: no run of it is open";
  open->run.state = RunState::cancelled;
  put_back(dispatchers_.take_run(open->run.id));
  return fmt::format("run {} is cancelled; requests in flight still end", open->run.id);
}

std::string Helm::pause(const std::string& target, bool paused) {
  auto& rows = committer_.pending().batch.limiters;
  auto* dispatcher = dispatchers_.find(target);
  const bool was_paused = runs_.is_paused(target) || dispatchers_.remembers(target) ||
                          (dispatcher != nullptr && dispatcher->is_paused());
  if (dispatcher != nullptr) {
    dispatcher->pause(paused);
    const auto reserves = dispatcher->keeps_windows() ? committer_.reserves() : milliseconds(0);
    rows.push_back(dispatcher->row(clock_.mono() + reserves));
    rows.back().decides_pause = true;
  }
  // What is paused and no longer in the configuration is let go by its old name.
  if (!paused && dispatchers_.remembers(target)) rows.push_back(dispatchers_.resume_remembered(target));
  if (is_pipeline(target) || (!paused && runs_.is_paused(target))) {
    runs_.pause(target, paused);
    LimiterRow row;
    row.subject = "pipeline/" + target;
    row.paused = paused;
    row.state = "{}";
    row.decides_pause = true;
    rows.push_back(std::move(row));
  } else if (dispatcher == nullptr && (paused || !dispatchers_.remembers(target))) {
    return fmt::format("refused: no pipeline or vendor {}; there are pipelines {} and vendors {}",
                       target.empty() ? "is named" : target, listed(pipelines_of(*runs_.config())),
                       listed(dispatchers_.names()));
  }
  put_back_what_may_not_go();
  if (paused) return "paused";
  return was_paused ? "resumed" : "goes on: it was not paused";
}

std::string Helm::why(const Command& asked) {
  const Why why(clock_, runs_, dispatchers_, committer_);
  const auto& target = asked.target;
  if (asked.about) return why.of_task(*asked.about);
  if (is_pipeline(target) || runs_.of_pipeline(target) != nullptr) return why.of_pipeline(target);
  if (dispatchers_.find(target) != nullptr) return why.of_vendor(target);
  return fmt::format(
      "refused: there is no task, pipeline or vendor {}; there are pipelines {} and vendors {}", target,
      listed(pipelines_of(*runs_.config())), listed(dispatchers_.names()));
}

void Helm::put_back(const std::vector<Claimed>& claimed) {
  for (const auto& one : claimed) committer_.settle(unclaimed(one.task.id, one.task.claim));
}

void Helm::put_off(const std::vector<PutOff>& held) {
  for (const auto& one : held) {
    const auto wait = std::chrono::ceil<milliseconds>(one.due - clock_.mono());
    committer_.settle(put_off_until(one.claimed.task, clock_.wall() + wait, one.why));
  }
}

void Helm::stop_what_fails() {
  for (auto& [id, run] : runs_) {
    const auto* pipeline = runs_.pipeline_of(run);
    if (run.run.state != RunState::running) continue;
    if (pipeline == nullptr || run.run.was_stopped || run.sampling || !run.stops.empty()) continue;
    for (const auto& tally : run.tallies) {
      const Level* level = pipeline->level(tally.level);
      if (level != nullptr && is_too_much(tally, level->tolerate))
        run.stops = fmt::format("{} of {} settled tasks of level {} are dead, more than tolerate = \"{:g}%\"",
                                tally.dead, tally.done + tally.skipped + tally.dead, tally.level,
                                100 * level->tolerate.value());
    }
    if (!run.stops.empty()) put_back(dispatchers_.take_run(id));
  }
}

void Helm::put_back_what_may_not_go() {
  for (const auto& [id, run] : runs_) {
    if (!dispatchers_.let(run, runs_)) put_back(dispatchers_.take_run(id));
  }
}

void Helm::start_what_is_due(const Log& log) {
  for (const auto& due : agenda_.take_due(clock_.wall())) {
    if (const auto why_not = why_not_start(due.pipeline); !why_not.empty()) {
      log.warning(fmt::format("pipeline {}: the run of {} is skipped, because {}", due.pipeline,
                              format_utc(due.scheduled_for), why_not));
      continue;
    }
    if (due.missed > 0) {
      log.notice(fmt::format("pipeline {}: {} runs before {} were missed; they are made up for by this one",
                             due.pipeline, due.missed, format_utc(due.scheduled_for)));
    }
    start(due.pipeline, "schedule", due.scheduled_for);
  }
  for (auto& row : agenda_.take_unsaved()) committer_.pending().batch.schedules.push_back(std::move(row));
}

void Helm::take(std::vector<Task> claimed) {
  for (auto& task : claimed) {
    const ActiveRun* run = runs_.find(task.run);
    if (run == nullptr || !dispatchers_.let(*run, runs_)) {
      committer_.settle(unclaimed(task.id, task.claim));
      continue;
    }
    const auto& pipeline = *runs_.pipeline_of(*run);
    dispatchers_.of(pipeline.vendor).wait_here({std::move(task), pipeline.name}, run->names, pipeline);
  }
}

// What the store does not know any more, or knows as settled, it ignores.
void Helm::forget(std::int64_t run) {
  put_back(dispatchers_.take_run(run));
  dispatchers_.forget_run(run);
  runs_.erase(run);
}

}  // namespace fanout
