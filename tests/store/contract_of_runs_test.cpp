// Runs and dead letters, as every store must keep them: begun, ended, put back to work, cancelled, forgotten.
#include "store/contract.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class RunContract : public StoreContract {};

std::vector<std::int64_t> numbers_of(const std::vector<Run>& runs) {
  std::vector<std::int64_t> numbers;
  for (const auto& run : runs) numbers.push_back(run.id);
  return numbers;
}

TEST_P(RunContract, ANewRunIsCountedAtOnce) {
  Batch batch;
  batch.new_runs = {wanted("monitoring", seeds(1)), wanted("billing", seeds(2))};
  const auto applied = apply(batch);
  ASSERT_THAT(applied.new_runs, SizeIs(2));
  EXPECT_EQ(applied.new_runs[0].pipeline, "monitoring");
  EXPECT_EQ(applied.new_runs[1].pipeline, "billing");
  ASSERT_THAT(applied.tallies, SizeIs(2));
  EXPECT_EQ(applied.tallies[0].ready, 1);
  EXPECT_EQ(applied.tallies[1].ready, 2);
}

TEST_P(RunContract, SinceIsTheStartOfThePreviousCompleteRun) {
  const auto first = start({}, "monitoring", kNow);
  EXPECT_EQ(first.since, WallTime{});
  finish(first.id);
  const auto second = start({}, "monitoring", kNow + seconds(10));
  EXPECT_EQ(second.since, kNow);
  Batch cancel;
  cancel.cancel_runs = cancel.finish_runs = {second.id};
  apply(cancel);
  EXPECT_EQ(start({}, "monitoring", kNow + seconds(20)).since, kNow) << "the second is not complete";
  EXPECT_EQ(start({}, "billing").since, WallTime{});
}

TEST_P(RunContract, ARunEndsWhenNothingOfItIsOpen) {
  const auto run = start({seed("a", 0, "1")});
  EXPECT_FALSE(finish(run.id)) << "ready";
  const auto task = claim(run.id, 1).at(0);
  EXPECT_FALSE(finish(run.id)) << "leased";
  settle({put_off(task, kNow + seconds(5), true)});
  EXPECT_FALSE(finish(run.id)) << "waiting";
  settle({settlement(claim(run.id, 1, kNow + seconds(5)).at(0), State::done)});
  EXPECT_THAT(numbers_of(store().open_runs()), ElementsAre(run.id));
  EXPECT_TRUE(finish(run.id));
  EXPECT_FALSE(finish(run.id)) << "it has ended already";
  EXPECT_THAT(store().open_runs(), IsEmpty());
}

TEST_P(RunContract, ARestartFindsWhatWasThere) {
  const auto done = start({}, "billing");
  finish(done.id);
  const auto run = start(seeds(1));
  claim(run.id, 1);
  const auto recovered = restart();
  EXPECT_EQ(recovered.leases_taken_back, 1);
  ASSERT_THAT(recovered.open_runs, SizeIs(1));
  EXPECT_EQ(recovered.open_runs[0].id, run.id);
  EXPECT_EQ(recovered.open_runs[0].pipeline, "monitoring");
  EXPECT_EQ(recovered.open_runs[0].cause, "once");
  EXPECT_EQ(recovered.open_runs[0].started_at, kNow);
  ASSERT_THAT(recovered.tallies, SizeIs(1));
  EXPECT_EQ(recovered.tallies[0].ready, 1);
  EXPECT_EQ(recovered.last_runs.at("billing").state, RunState::finished);
  EXPECT_EQ(recovered.last_runs.at("monitoring").state, RunState::running);
}

TEST_P(RunContract, ACancelledRunIsSkippedInSmallBatchesAndItsRequestsInFlightEnd) {
  const auto run = start(seeds(5000));
  const auto flying = claim(run.id, 2);
  settle({put_off(flying[1], kNow + seconds(600), true)});
  Batch cancel;
  cancel.cancel_runs = {run.id};
  int turns = 0;
  for (std::string before; before != counted(run.id) && turns < 10; ++turns) {
    before = counted(run.id);
    apply(cancel);
  }
  EXPECT_GT(turns, 2) << "no single transaction grows with the queue";
  EXPECT_EQ(counted(run.id), "a: 1 leased, 4999 skipped");
  EXPECT_FALSE(finish(run.id));
  settle({settlement(flying[0], State::done)});
  EXPECT_TRUE(finish(run.id));
  EXPECT_EQ(restart().last_runs.at("monitoring").state, RunState::cancelled);
}

class DeadLetterContract : public StoreContract {
 protected:
  DeadLetterContract() {
    for (const std::string pipeline : {"monitoring", "billing"}) {
      runs_.push_back(start(seeds(2), pipeline).id);
      for (const auto& task : claim(runs_.back(), 2)) {
        settle({died(task, "500")});
        dead_.push_back(task.id);
      }
      finish(runs_.back());
    }
  }
  std::vector<std::int64_t> runs_;  // of monitoring, of billing
  std::vector<std::int64_t> dead_;  // two of each
};

TEST_P(DeadLetterContract, ARedriveStartsAfreshAndOpensTheRun) {
  EXPECT_EQ(move_dead({false, dead_[0], 0, ""}), 1);
  EXPECT_EQ(counted(runs_[0]), "a: 1 ready, 1 dead");
  EXPECT_THAT(numbers_of(store().open_runs()), ElementsAre(runs_[0]));
  EXPECT_EQ(store().open_runs().at(0).state, RunState::running);
  const auto task = claim(runs_[0], 2).at(0);
  EXPECT_EQ(task.id, dead_[0]);
  EXPECT_EQ(task.attempts, 1);
}

TEST_P(DeadLetterContract, ARunAPipelineOrAllAreRedriven) {
  EXPECT_EQ(move_dead({false, 0, runs_[1], ""}), 2);
  EXPECT_EQ(counted(runs_[0]), "a: 2 dead");
  EXPECT_EQ(counted(runs_[1]), "a: 2 ready");
  EXPECT_EQ(move_dead({false, 0, 0, "monitoring"}), 2);
  EXPECT_EQ(move_dead({false, 0, 0, ""}), 0);
  EXPECT_EQ(counted(runs_[0]), "a: 2 ready");
}

TEST_P(DeadLetterContract, AllAreDropped) {
  EXPECT_EQ(move_dead({true, 0, 0, ""}), 4);
  for (const auto run : runs_) EXPECT_EQ(counted(run), "a: 2 skipped");
  EXPECT_THAT(store().open_runs(), IsEmpty());
}

TEST_P(DeadLetterContract, OneThatIsNotDeadIsNotMoved) {
  move_dead({false, dead_[0], 0, ""});
  EXPECT_EQ(move_dead({true, dead_[0], 0, ""}), 0);
  EXPECT_EQ(move_dead({false, 77'777, 0, ""}), 0);
}

TEST_P(RunContract, ARedriveIntoARunThatIsBeingCancelledWaitsForItsEnd) {
  const auto run = start(seeds(2));
  const auto tasks = claim(run.id, 2);
  settle({died(tasks[0], "500")});
  Batch cancel;
  cancel.cancel_runs = {run.id};
  apply(cancel);  // the other one is in flight still
  for (const DeadSelection& selection : {DeadSelection{false, tasks[0].id, 0, ""},
                                         {false, 0, run.id, ""},
                                         {false, 0, 0, "monitoring"},
                                         {false, 0, 0, ""}}) {
    EXPECT_EQ(move_dead(selection), 0);
    EXPECT_EQ(counted(run.id), "a: 1 leased, 1 dead");
  }
  settle({settlement(tasks[1], State::done)});
  ASSERT_TRUE(finish(run.id));
  EXPECT_EQ(move_dead({false, 0, 0, ""}), 1);
  EXPECT_THAT(numbers_of(store().open_runs()), ElementsAre(run.id));
}

TEST_P(RunContract, AnOldRunIsForgottenInSmallBatches) {
  const auto old = finished("monitoring", kNow, 1200);
  const auto latest = finished("monitoring", kNow + seconds(1));
  int turns = 0;
  for (; prune(kNow + seconds(60)); ++turns) ASSERT_LT(turns, 20);
  EXPECT_GT(turns, 2) << "no single transaction grows with the queue";
  EXPECT_EQ(counted(old.id), "");
  EXPECT_EQ(counted(latest.id), "a: 1 dead");
}

TEST_P(RunContract, WhatIsYoungOpenOrAPipelinesLastIsKept) {
  std::vector<std::int64_t> runs;
  runs.push_back(finished("billing", kNow).id);                   // its pipeline's last
  runs.push_back(finished("monitoring", kNow + seconds(50)).id);  // young
  runs.push_back(finished("monitoring", kNow + seconds(60)).id);
  runs.push_back(start(seeds(1)).id);  // open
  EXPECT_FALSE(prune(kNow + seconds(50)));
  for (const auto run : runs) EXPECT_NE(counted(run), "") << run;
}

TEST_P(RunContract, TheLastCompleteRunIsKeptBecauseSinceGoesByIt) {
  const auto complete = finished("monitoring", kNow);
  Batch cancel;
  cancel.cancel_runs = cancel.finish_runs = {start({}).id};
  apply(cancel);
  prune_all(kNow + seconds(50));
  EXPECT_EQ(counted(complete.id), "a: 1 dead");
  EXPECT_EQ(start({}).since, kNow);
}

TEST_P(RunContract, TheNumberOfARunIsGivenOnceEvenWhenNothingIsLeftOfIt) {
  finished("monitoring", kNow);
  const auto second = finished("monitoring", kNow);
  prune_all(kNow + seconds(1));
  EXPECT_EQ(restart().last_runs.at("monitoring").id, second.id);
  EXPECT_GT(start({}).id, second.id);
}

const auto name_of = [](const auto& the) { return the.param.name; };
INSTANTIATE_TEST_SUITE_P(Of, RunContract, testing::ValuesIn(store_kinds()), name_of);
INSTANTIATE_TEST_SUITE_P(Of, DeadLetterContract, testing::ValuesIn(store_kinds()), name_of);

}  // namespace
}  // namespace fanout
