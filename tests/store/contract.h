// What every store must do, whatever it is made of: tried through the seam `Store` alone.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "store/kinds.h"
#include "store/work.h"

namespace fanout {

class StoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  Store& store() { return in_use_->store(); }

  Applied apply(Batch batch, WallTime now = kNow) {
    batch.now = now;
    return store().apply(batch);
  }

  static NewRun wanted(const std::string& pipeline, std::vector<Seed> seeds = {}, WallTime at = kNow) {
    NewRun wanted;
    wanted.run.pipeline = pipeline;
    wanted.run.cause = "once";
    wanted.run.scheduled_for = wanted.run.started_at = at;
    wanted.seeds = std::move(seeds);
    return wanted;
  }
  fanout::Run start(std::vector<Seed> seeds, const std::string& pipeline = "monitoring", WallTime at = kNow) {
    Batch batch;
    batch.new_runs = {wanted(pipeline, std::move(seeds), at)};
    return apply(batch, at).new_runs.at(0);
  }
  static std::vector<Seed> seeds(int count, const std::string& level = "a") {
    std::vector<Seed> seeds;
    for (int i = 1; i <= count; ++i) seeds.push_back(seed(level, 0, std::to_string(i)));
    return seeds;
  }

  std::vector<Task> claim(std::int64_t run, int count, WallTime now = kNow) {
    Batch batch;
    batch.claims = {{run, count, now + std::chrono::minutes(5)}};
    return apply(batch, now).claimed;
  }
  Applied settle(std::vector<Settlement> settlements, WallTime now = kNow) {
    Batch batch;
    batch.settlements = std::move(settlements);
    return apply(batch, now);
  }
  bool finish(std::int64_t run, WallTime now = kNow) {
    Batch batch;
    batch.finish_runs = {run};
    return !apply(batch, now).finished.empty();
  }
  // A run that has ended, with one dead task and the others done.
  fanout::Run finished(const std::string& pipeline, WallTime at = kNow, int tasks = 1) {
    const auto run = start(seeds(tasks), pipeline);
    std::vector<Settlement> all;
    for (const auto& task : claim(run.id, tasks)) {
      all.push_back(all.empty() ? died(task, "500") : settlement(task, State::done));
    }
    settle(all);
    EXPECT_TRUE(finish(run.id, at));
    return run;
  }
  DeadMoved dead(const DeadSelection& selection, WallTime now = kNow) {
    Batch batch;
    batch.dead = {selection};
    return apply(batch, now).dead_moved.at(0);
  }
  std::int64_t move_dead(const DeadSelection& selection) { return dead(selection).moved; }
  // Says how many dead letters of each run went.
  std::map<std::int64_t, std::int64_t> prune_all(const Bygone& before) {
    std::map<std::int64_t, std::int64_t> gone;
    for (bool more = true; more;) {
      const auto pruned = store().prune(before);
      for (const auto& [run, count] : pruned.dead_gone) gone[run] += count;
      more = pruned.more;
    }
    return gone;
  }
  // Dead letters with their runs.
  std::map<std::int64_t, std::int64_t> prune_all(WallTime before) { return prune_all({before, before}); }

  // What is counted of a run, level by level: "a: 1 ready, 2 done; b: 1 leased".
  std::string counted(std::int64_t run) {
    Batch batch;
    batch.watched_runs = {run};
    std::string text;
    for (const auto& tally : apply(batch).tallies) {
      text += fmt::format("{}{}:", text.empty() ? "" : "; ", tally.level);
      const std::pair<const char*, std::int64_t> states[] = {
          {"waiting", tally.waiting}, {"ready", tally.ready},     {"leased", tally.leased},
          {"done", tally.done},       {"skipped", tally.skipped}, {"dead", tally.dead}};
      bool first = true;
      for (const auto& [state, count] : states) {
        if (count != 0) text += fmt::format("{} {} {}", std::exchange(first, false) ? "" : ",", count, state);
      }
    }
    return text;
  }

  Recovered restart(WallTime now = kNow) {
    in_use_->restart();
    return store().recover(now);
  }
  void order(const std::string& command, const std::string& target) { in_use_->order(command, target); }

  static std::vector<std::string> keys(const std::vector<Task>& tasks) {
    std::vector<std::string> keys;
    for (const auto& task : tasks) keys.push_back(task.key);
    return keys;
  }

 private:
  std::unique_ptr<StoreInUse> in_use_ = GetParam().make();
};

}  // namespace fanout
