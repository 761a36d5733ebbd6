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

TEST_P(RunContract, ASampleIsForgottenWithItsEndAndNoRunGoesByIt) {
  auto taken = wanted("monitoring", seeds(1));
  taken.run.cause = kSample;
  Batch batch;
  batch.new_runs = {taken};
  const auto run = apply(batch).new_runs.at(0);
  settle({settlement(claim(run.id, 1).at(0), State::done)});
  Batch end;
  end.finish_runs = {run.id};
  end.samples = {{"monitoring", run.id, 1, "{}", "{}"}};
  EXPECT_EQ(apply(end).finished, std::vector{run.id});
  const auto next = start(seeds(1));
  EXPECT_EQ(next.since, WallTime{});
  EXPECT_TRUE(next.earlier.empty());
  EXPECT_GT(next.id, run.id);
  prune_all(Bygone{});
  EXPECT_EQ(store().recover(kNow).open_runs.size(), 1U) << "and what it asked is gone";
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
  EXPECT_EQ(recovered.leases_taken_back(), 1);
  ASSERT_THAT(recovered.open_runs, SizeIs(1));
  EXPECT_EQ(recovered.open_runs[0].id, run.id);
  EXPECT_EQ(recovered.open_runs[0].pipeline, "monitoring");
  EXPECT_EQ(recovered.open_runs[0].cause, "once");
  EXPECT_EQ(recovered.open_runs[0].started_at, kNow);
  ASSERT_THAT(recovered.tallies, SizeIs(1));
  EXPECT_EQ(recovered.tallies[0].ready, 1);
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
  for (; store().prune({kNow + seconds(60), kNow + seconds(60)}).more; ++turns) ASSERT_LT(turns, 20);
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
  EXPECT_FALSE(store().prune({kNow + seconds(50), kNow + seconds(50)}).more);
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

TEST_P(RunContract, AForgottenRunLeavesItsDeadLettersUntilTheirOwnTimeIsOver) {
  const auto old = finished("monitoring", kNow, 1200);
  const auto latest = finished("monitoring", kNow + seconds(1));
  EXPECT_THAT(prune_all({kNow + seconds(60), kNow}), IsEmpty());
  EXPECT_EQ(counted(old.id), "a: 1 dead");
  EXPECT_FALSE(store().prune({kNow + seconds(60), kNow}).more) << "there is nothing to do until then";
  EXPECT_THAT(prune_all({kNow + seconds(60), kNow + seconds(1)}), ElementsAre(std::pair(old.id, 1)));
  EXPECT_EQ(counted(old.id), "");
  EXPECT_EQ(counted(latest.id), "a: 1 dead") << "its run is there still";
}

TEST_P(RunContract, ManyDeadLettersGoInSmallBatchesAndAllAreCounted) {
  const auto old = start(seeds(1200));
  std::vector<Settlement> all;
  for (const auto& task : claim(old.id, 1200)) all.push_back(died(task, "500"));
  settle(all);
  finish(old.id);
  finished("monitoring");
  EXPECT_THAT(prune_all({kNow + seconds(60), kNow}), IsEmpty());
  EXPECT_EQ(counted(old.id), "a: 1200 dead");
  const auto first = store().prune({kNow + seconds(60), kNow + seconds(1)});
  ASSERT_THAT(first.dead_gone, SizeIs(1));
  EXPECT_LT(first.dead_gone[0].count, 1200) << "no single transaction grows with the queue";
  const auto rest = prune_all({kNow + seconds(60), kNow + seconds(1)});
  EXPECT_EQ(first.dead_gone[0].count + rest.at(old.id), 1200);
}

TEST_P(RunContract, ARedriveOfWhatIsForgottenMovesNothingAndSaysSo) {
  const auto old = finished("monitoring", kNow, 3);
  const auto latest = finished("monitoring", kNow);
  prune_all({kNow + seconds(60), kNow});
  const auto by_run = dead({false, 0, old.id, ""});
  EXPECT_EQ(by_run.moved, 0);
  EXPECT_EQ(by_run.forgotten, 1);
  const auto all = dead({false, 0, 0, "monitoring"});
  EXPECT_EQ(all.moved, 1);
  EXPECT_EQ(all.forgotten, 1);
  EXPECT_THAT(numbers_of(store().open_runs()), ElementsAre(latest.id));
  const auto dropped = dead({true, 0, old.id, ""});
  EXPECT_EQ(dropped.moved, 1);
  EXPECT_EQ(dropped.forgotten, 0);
  EXPECT_EQ(dead({false, 0, old.id, ""}).forgotten, 0) << "there is none any more";
  EXPECT_THAT(prune_all(kNow + seconds(60)), IsEmpty()) << "a dropped one is none that goes";
  EXPECT_EQ(counted(old.id), "");
}

// It is no longer whole from the first batch on, so nothing of it may go back to work.
TEST_P(RunContract, ARedriveInTheMiddleOfForgettingMovesNothing) {
  const auto old = finished("monitoring", kNow, 1200);
  finished("monitoring", kNow);
  ASSERT_TRUE(store().prune({kNow + seconds(1), kNow}).more);
  const auto moved = dead({false, 0, old.id, ""});
  EXPECT_EQ(moved.moved, 0);
  EXPECT_EQ(moved.forgotten, 1);
  prune_all({kNow + seconds(1), kNow});
  EXPECT_EQ(counted(old.id), "a: 1 dead");
}

TEST_P(RunContract, OfAPipelineOneRunIsOpenAtATime) {
  const auto open = start(seeds(1));
  Batch batch;
  batch.new_runs = {wanted("monitoring", seeds(1)), wanted("billing", seeds(1)), wanted("billing", seeds(1))};
  const auto applied = apply(batch);
  ASSERT_THAT(applied.new_runs, SizeIs(1));
  EXPECT_EQ(applied.new_runs[0].pipeline, "billing");
  ASSERT_THAT(applied.not_begun, SizeIs(2));
  EXPECT_EQ(applied.not_begun[0].pipeline, "monitoring");
  EXPECT_EQ(applied.not_begun[0].open_run, open.id);
  EXPECT_EQ(applied.not_begun[1].open_run, applied.new_runs[0].id);
  EXPECT_EQ(counted(applied.new_runs[0].id), "a: 1 ready");
  EXPECT_THAT(store().open_runs(), SizeIs(2));
}

TEST_P(RunContract, AnotherRunBeginsWithTheCommitThatEndsOrCancelsTheOneBefore) {
  const auto first = start({});
  Batch batch;
  batch.finish_runs = {first.id};
  batch.new_runs = {wanted("monitoring", seeds(2))};
  const auto second = apply(batch).new_runs.at(0);
  EXPECT_EQ(second.since, kNow);
  claim(second.id, 1);
  batch.cancel_runs = batch.finish_runs = {second.id};
  const auto applied = apply(batch);
  EXPECT_THAT(applied.finished, IsEmpty()) << "a request is in flight still";
  EXPECT_THAT(applied.new_runs, SizeIs(1));
}

TEST_P(RunContract, ARunThatWasPutBackToWorkHoldsUpNoOther) {
  const auto old = finished("monitoring");
  EXPECT_EQ(move_dead({false, 0, old.id, ""}), 1);
  ASSERT_THAT(store().open_runs(), SizeIs(1));
  EXPECT_TRUE(store().open_runs()[0].reopened);
  const auto next = start(seeds(1));
  EXPECT_FALSE(next.reopened);
  Batch batch;
  batch.new_runs = {wanted("monitoring")};
  EXPECT_EQ(apply(batch).not_begun.at(0).open_run, next.id);
  const auto recovered = restart();
  ASSERT_THAT(recovered.open_runs, SizeIs(2));
  EXPECT_TRUE(recovered.open_runs[0].reopened);
  EXPECT_FALSE(recovered.open_runs[1].reopened);
}

TEST_P(RunContract, ARedriveIntoAnOpenRunDoesNotMakeItAnotherOne) {
  const auto run = start(seeds(2));
  settle({died(claim(run.id, 1).at(0), "500")});
  EXPECT_EQ(move_dead({false, 0, run.id, ""}), 1);
  EXPECT_FALSE(store().open_runs().at(0).reopened);
}

TEST_P(RunContract, ARedriveBesideACancelLosesNoDeadLetter) {
  const auto run = start(seeds(2));
  settle({died(claim(run.id, 1).at(0), "500")});
  Batch batch;
  batch.cancel_runs = {run.id};
  batch.dead = {{false, 0, run.id, ""}};
  const auto moved = apply(batch).dead_moved.at(0);
  EXPECT_EQ(moved.moved, 0);
  EXPECT_EQ(moved.cancelling, 1);
  EXPECT_EQ(counted(run.id), "a: 1 skipped, 1 dead");
}

TEST_P(RunContract, TheNumberOfARunIsGivenOnceEvenWhenNothingIsLeftOfIt) {
  finished("monitoring", kNow);
  const auto second = finished("monitoring", kNow);
  prune_all(kNow + seconds(1));
  restart();
  EXPECT_GT(start({}).id, second.id);
}

const auto name_of = [](const auto& the) { return the.param.name; };
INSTANTIATE_TEST_SUITE_P(Of, RunContract, testing::ValuesIn(store_kinds()), name_of);
INSTANTIATE_TEST_SUITE_P(Of, DeadLetterContract, testing::ValuesIn(store_kinds()), name_of);

}  // namespace
}  // namespace fanout
