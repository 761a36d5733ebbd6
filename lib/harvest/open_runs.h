// The runs that are open, and whether they may go on as far as they themselves are concerned.
//
// Owned by the engine, on the loop. "Why does this run not move?" is answered by why_not() for what lies with
// the run and its pipeline; the rest is its dispatcher's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harvest/active_run.h"
#include "spec/config.h"

namespace fanout {

class OpenRuns {
 public:
  explicit OpenRuns(std::shared_ptr<const Config> config) : config_(std::move(config)) {}

  void configure(std::shared_ptr<const Config> config);
  const std::shared_ptr<const Config>& config() const { return config_; }
  // --once: runs of other pipelines are none of ours. Empty: those of the configuration are.
  void restrict_to(std::set<std::string> pipelines);
  bool are_ours(const std::string& pipeline) const;

  void adopt(const Run& run, MonoTime now);
  void erase(std::int64_t id);
  ActiveRun* find(std::int64_t id);
  const ActiveRun* find(std::int64_t id) const;
  // The one that is running; else one that had ended and was put back to work; else null.
  ActiveRun* of_pipeline(const std::string& pipeline);
  const ActiveRun* of_pipeline(const std::string& pipeline) const;
  // Null if it is no longer in the configuration.
  const PipelineSpec* pipeline_of(const ActiveRun& run) const;
  bool empty() const { return runs_.empty(); }
  auto begin() { return runs_.begin(); }
  auto end() { return runs_.end(); }
  auto begin() const { return runs_.begin(); }
  auto end() const { return runs_.end(); }

  void pause(const std::string& pipeline, bool paused);
  void resume_all() { paused_.clear(); }
  bool is_paused(const std::string& pipeline) const { return paused_.contains(pipeline); }
  // Its share of its vendor's turns: weight, priority, and how urgent it is.
  int turns_of(const ActiveRun& run) const;
  std::string why_not(const ActiveRun& run) const;  // empty: it may go on
  bool may_go(const ActiveRun& run) const;
  // Levels that it still has open tasks of, though its pipeline is there without them.
  std::vector<std::string> lost_levels(const ActiveRun& run) const;
  // Runs of this vendor that have something ready.
  std::vector<const ActiveRun*> claimable(const std::string& vendor) const;

  bool has_claimable(const std::string& vendor) const;
  // Those that are not among these.
  std::vector<std::int64_t> others_than(const std::vector<Run>& runs) const;

  // What a commit has settled, before what it has counted.
  void saw(const std::vector<Settlement>& settlements);
  // What a commit has counted; watched: the runs that it was to count.
  void take_tallies(const std::vector<Tally>& tallies, const std::vector<std::int64_t>& watched,
                    MonoTime now);

  // Tasks of a run of that pipeline, as far as is known; else 0.
  double usual_calls(const std::string& pipeline) const;
  // … and what one of them costs on average.
  double usual_cost(const std::string& pipeline) const;

 private:
  bool is_claimable(const ActiveRun& run, const std::string& vendor) const;

  std::shared_ptr<const Config> config_;
  std::map<std::int64_t, ActiveRun> runs_;
  std::set<std::string> paused_;             // pipelines
  std::map<std::string, EarlierRun> usual_;  // by pipeline: its last complete run
  std::optional<std::set<std::string>> only_;
};

}  // namespace fanout
