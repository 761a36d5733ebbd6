#include "harvest/open_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "harvest/time_needed.h"

namespace fanout {
namespace {

EarlierRun totals_of(const ActiveRun& run) {
  EarlierRun totals;
  for (const auto& tally : run.tallies) totals.push_back({tally.level, tally.expected()});
  return totals;
}

double tasks_of(const EarlierRun& run) {
  double tasks = 0;
  for (const auto& level : run) tasks += static_cast<double>(level.tasks);
  return tasks;
}

}  // namespace

void OpenRuns::restrict_to(std::set<std::string> pipelines) {
  only_ = std::move(pipelines);
  std::erase_if(runs_, [this](const auto& entry) { return !are_ours(entry.second.run.pipeline); });
}

bool OpenRuns::are_ours(const std::string& pipeline) const {
  if (!only_) return true;
  return only_->empty() ? config_->pipelines.contains(pipeline) : only_->contains(pipeline);
}

void OpenRuns::configure(std::shared_ptr<const Config> config) {
  config_ = std::move(config);
  for (auto& [id, run] : runs_) run.foresight.configure(run.run, pipeline_of(run));
}

void OpenRuns::adopt(const Run& run, MonoTime now) {
  if (!are_ours(run.pipeline)) return;
  const auto pipeline = config_->pipelines.find(run.pipeline);
  const auto* spec = pipeline == config_->pipelines.end() ? nullptr : &pipeline->second;
  auto& known = runs_.try_emplace(run.id, run, spec, now).first->second;
  if (!run.earlier.empty()) usual_[run.pipeline] = run.earlier.front();
  // Nobody knows any more how many requests a sample had left when its process ended.
  const bool is_lost = run.is_sample() && !known.sampling;
  known.run.state = is_lost ? RunState::cancelled : run.state;
  known.run.reopened = run.reopened;
}

void OpenRuns::erase(std::int64_t id) {
  const auto* run = find(id);
  if (run == nullptr) return;
  if (run->open() == 0 && run->settled() > run->dead() && run->run.state == RunState::running &&
      !run->sampling)
    usual_[run->run.pipeline] = totals_of(*run);
  runs_.erase(id);
}

double OpenRuns::usual_calls(const std::string& pipeline) const {
  for (const auto& [id, run] : runs_) {
    if (run.run.pipeline == pipeline && !run.run.reopened && run.to_come > 0)
      return static_cast<double>(run.settled()) + run.to_come;
  }
  const auto found = usual_.find(pipeline);
  return found == usual_.end() ? 0 : tasks_of(found->second);
}

double OpenRuns::usual_cost(const std::string& pipeline) const {
  const auto spec = config_->pipelines.find(pipeline);
  if (spec == config_->pipelines.end()) return 1;
  const auto found = usual_.find(pipeline);
  const auto* run = of_pipeline(pipeline);
  const auto totals = found != usual_.end() ? found->second : run ? totals_of(*run) : EarlierRun();
  const double tasks = tasks_of(totals);
  return tasks > 0 ? cost_of(totals, spec->second) / tasks : 1;
}

const ActiveRun* OpenRuns::find(std::int64_t id) const {
  const auto found = runs_.find(id);
  return found == runs_.end() ? nullptr : &found->second;
}

ActiveRun* OpenRuns::find(std::int64_t id) { return const_cast<ActiveRun*>(std::as_const(*this).find(id)); }

const ActiveRun* OpenRuns::of_pipeline(const std::string& pipeline) const {
  const ActiveRun* reopened = nullptr;
  for (const auto& [id, run] : runs_) {
    if (run.run.pipeline != pipeline || run.run.state != RunState::running) continue;
    if (!run.run.reopened) return &run;
    reopened = &run;
  }
  return reopened;
}

ActiveRun* OpenRuns::of_pipeline(const std::string& pipeline) {
  return const_cast<ActiveRun*>(std::as_const(*this).of_pipeline(pipeline));
}

const PipelineSpec* OpenRuns::pipeline_of(const ActiveRun& run) const {
  const auto found = config_->pipelines.find(run.run.pipeline);
  return found == config_->pipelines.end() ? nullptr : &found->second;
}

int OpenRuns::turns_of(const ActiveRun& run) const {
  const auto* pipeline = pipeline_of(run);
  if (pipeline == nullptr) return 1;
  return static_cast<int>(std::lround(pipeline->weight * pipeline->priority * run.urgency));
}

void OpenRuns::pause(const std::string& pipeline, bool paused) {
  paused ? void(paused_.insert(pipeline)) : void(paused_.erase(pipeline));
}

std::string OpenRuns::why_not(const ActiveRun& run) const {
  if (pipeline_of(run) == nullptr)
    return fmt::format("pipeline {} is not in the configuration", run.run.pipeline);
  if (!run.stops.empty()) return run.stops;
  return is_paused(run.run.pipeline) ? "paused" : "";
}

bool OpenRuns::may_go(const ActiveRun& run) const {
  return run.run.state == RunState::running && run.stops.empty() && pipeline_of(run) != nullptr &&
         !is_paused(run.run.pipeline);
}

std::vector<std::string> OpenRuns::lost_levels(const ActiveRun& run) const {
  std::vector<std::string> lost;
  const auto* pipeline = pipeline_of(run);
  if (pipeline == nullptr) return lost;
  for (const auto& tally : run.tallies) {
    if (tally.open() > 0 && pipeline->level(tally.level) == nullptr) lost.push_back(tally.level);
  }
  return lost;
}

bool OpenRuns::is_claimable(const ActiveRun& run, const std::string& vendor) const {
  return may_go(run) && pipeline_of(run)->vendor == vendor && run.ready() > 0;
}

std::vector<const ActiveRun*> OpenRuns::claimable(const std::string& vendor) const {
  std::vector<const ActiveRun*> found;
  for (const auto& [id, run] : runs_) {
    if (is_claimable(run, vendor)) found.push_back(&run);
  }
  return found;
}

bool OpenRuns::has_claimable(const std::string& vendor) const {
  return std::ranges::any_of(runs_, [&](const auto& entry) { return is_claimable(entry.second, vendor); });
}

std::vector<std::int64_t> OpenRuns::others_than(const std::vector<Run>& runs) const {
  std::vector<std::int64_t> others;
  for (const auto& [id, run] : runs_) {
    if (std::ranges::find(runs, id, &Run::id) == runs.end()) others.push_back(id);
  }
  return others;
}

void OpenRuns::saw(const std::vector<Settlement>& settlements) {
  for (const auto& settlement : settlements) {
    // A sample has seen more than what is asked of it.
    auto* run = find(settlement.run);
    if (run != nullptr && !run->sampling) run->foresight.saw(settlement);
  }
}

void OpenRuns::take_tallies(const std::vector<Tally>& tallies, const std::vector<std::int64_t>& watched,
                            MonoTime now) {
  for (auto first = tallies.begin(); first != tallies.end();) {
    const auto last = std::find_if(first, tallies.end(), [&](const Tally& t) { return t.run != first->run; });
    if (auto* run = find(first->run)) {
      run->tallies.assign(first, last);
      run->foresight.counted(run->tallies, now);
      run->counted = true;
    }
    first = last;
  }
  for (const auto id : watched) {
    if (auto* run = find(id)) run->counted = true;  // also one without tasks
  }
}

}  // namespace fanout
