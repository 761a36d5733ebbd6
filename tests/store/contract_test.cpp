// One task's life, as every store must keep it: identity, order, claims, settlements, and a crash.
#include "store/contract.h"

#include "task/disposition.h"

namespace fanout {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

TEST_P(StoreContract, ASecondTaskOfTheSameIdentityIsIgnored) {
  auto other_page = seed("a", 0, "k");
  other_page.page = 2;
  const auto run =
      start({seed("a", 0, "k"), seed("a", 0, "k"), other_page, seed("a", 0, "k", 7), seed("b", 0, "k")});
  EXPECT_THAT(claim(run.id, 10), SizeIs(4));
  EXPECT_EQ(counted(run.id), "a: 3 leased; b: 1 leased");
}

TEST_P(StoreContract, AnotherRunAsksAgain) {
  const auto first = start({seed("a", 0, "k")});
  settle({settlement(claim(first.id, 1).at(0), State::done)});
  finish(first.id);
  EXPECT_THAT(keys(claim(start({seed("a", 0, "k")}).id, 10)), ElementsAre("k"));
}

TEST_P(StoreContract, TheDeepestLevelGoesFirstThenTheOldest) {
  const auto run =
      start({seed("a", 0, "1"), seed("b", 1, "2"), seed("a", 0, "3"), seed("c", 2, "4"), seed("b", 1, "5")});
  EXPECT_THAT(keys(claim(run.id, 1)), ElementsAre("4"));
  EXPECT_THAT(keys(claim(run.id, 3)), UnorderedElementsAre("1", "2", "5"));
  EXPECT_THAT(keys(claim(run.id, 10)), ElementsAre("3"));
  EXPECT_THAT(claim(run.id, 10), IsEmpty());
}

TEST_P(StoreContract, AProbeGoesToATaskThatHasNotFailedYet) {
  const auto run = start(seeds(3));
  const auto failed = claim(run.id, 2);
  settle({put_off(failed[0], kNow, false), put_off(failed[1], kNow, false)});
  Batch batch;
  batch.claims = {{run.id, 1, kNow + seconds(60), true}};
  EXPECT_THAT(keys(apply(batch).claimed), ElementsAre("3"));
  EXPECT_THAT(apply(batch).claimed, SizeIs(1)) << "where there is no other, one that has";
}

TEST_P(StoreContract, AProbeGoesToATaskOfAnotherLevelBeforeOneThatWasAProbeAndFailed) {
  const auto run = start({seed("b", 1, "1"), seed("b", 1, "2"), seed("a", 0, "3")});
  const auto failed = claim(run.id, 2);
  settle({put_off(failed[0], kNow, true), put_off(failed[1], kNow, true)});
  Batch batch;
  batch.claims = {{run.id, 1, kNow + seconds(60), true}};
  EXPECT_THAT(keys(apply(batch).claimed), ElementsAre("3"));
}

TEST_P(StoreContract, WhatWaitsForALimitThatIsAnotherNowIsReadyAtOnce) {
  const auto run = start(seeds(3));
  const auto tasks = claim(run.id, 3);
  auto waits = put_off(tasks[0], kNow + hours(5), false);
  waits.reason = "waits for limit x (1/1s)";
  settle({waits, put_off(tasks[1], kNow + hours(5), false), settlement(tasks[2], State::done)});
  EXPECT_THAT(claim(run.id, 3), IsEmpty());
  Batch batch;
  batch.wake_runs = {run.id};
  batch.claims = {{run.id, 3, kNow + seconds(60)}};
  const auto woken = apply(batch).claimed;
  EXPECT_THAT(keys(woken), ElementsAre("1")) << "and no retry";
  waits.task = woken[0].id;
  waits.claim = woken[0].claim;
  settle({waits});
  EXPECT_THAT(claim(run.id, 3), IsEmpty()) << "those that wait since then wait on";
}

TEST_P(StoreContract, OfThoseThatWaitForALimitSomeAreCalledBeforeTheirTime) {
  const auto run = start(seeds(5));
  std::vector<Settlement> put_off;
  for (const auto& task : claim(run.id, 4)) {
    const int place = static_cast<int>(4 - put_off.size());  // the last is due first
    put_off.push_back(put_off_until(task, kNow + std::chrono::hours(place), "waits for x"));
  }
  put_off[0].reason = "waits for y";
  settle(put_off);
  Batch batch;
  batch.calls = {{run.id, "waits for x", 2}, {run.id, "waits for z", 2}, {run.id + 1, "waits for x", 2}};
  EXPECT_EQ(apply(batch).called, (std::vector<int>{2, 0, 0}));
  std::vector<std::int64_t> ready;
  for (const auto& task : claim(run.id, 10)) ready.push_back(task.id);
  EXPECT_THAT(ready, testing::UnorderedElementsAre(put_off[2].task, put_off[3].task, testing::_))
      << "those that were due first, and the one that was never put off";
}

TEST_P(StoreContract, AClaimTakesOnlyItsRun) {
  start({seed("a", 0, "1")});
  const auto second = start({seed("a", 0, "2")}, "billing");
  EXPECT_THAT(keys(claim(second.id, 10)), ElementsAre("2"));
}

TEST_P(StoreContract, AClaimedTaskIsWholeAndItsAttemptIsCounted) {
  auto wanted = seed("data", 3, "k", 9);
  wanted.list = 5;
  wanted.page = 4;
  wanted.parents = R"({"troop":{"id":1}})";
  wanted.cursor = "300";
  wanted.trail = "100 100";
  const auto run = start({wanted});
  const auto task = claim(run.id, 1).at(0);
  EXPECT_EQ(task.run, run.id);
  EXPECT_EQ(task.level, "data");
  EXPECT_EQ(task.depth, 3);
  EXPECT_EQ(task.parent, 9);
  EXPECT_EQ(task.scope, 9);
  EXPECT_EQ(task.list, 5);
  EXPECT_EQ(task.key, "k");
  EXPECT_EQ(task.page, 4);
  EXPECT_EQ(task.parents, R"({"troop":{"id":1}})");
  EXPECT_EQ(task.cursor, "300");
  EXPECT_EQ(task.trail, "100 100");
  EXPECT_EQ(task.attempts, 1);
  EXPECT_EQ(task.snoozes, 0);
}

TEST_P(StoreContract, ABatchIsAppliedInOrderSoThatItsClaimsSeeItsChildren) {
  const auto run = start({seed("a", 0, "1")});
  const auto task = claim(run.id, 1).at(0);
  Batch batch;
  batch.settlements = {settlement(task, State::done)};
  batch.settlements[0].seeds = {seed("b", 1, "x", task.id), seed("b", 1, "y", task.id),
                                seed("b", 1, "x", task.id)};
  batch.claims = {{run.id, 5, kNow + seconds(60)}};
  batch.finish_runs = {run.id};
  const auto applied = apply(batch);
  EXPECT_THAT(keys(applied.claimed), UnorderedElementsAre("x", "y"));
  EXPECT_THAT(applied.finished, IsEmpty()) << "a child of the same batch keeps the run open";
  EXPECT_EQ(counted(run.id), "a: 1 done; b: 2 leased");
}

TEST_P(StoreContract, ASnoozeGivesTheAttemptBack) {
  const auto run = start({seed("a", 0, "1")});
  settle({put_off(claim(run.id, 1).at(0), kNow, true)});
  const auto again = claim(run.id, 1).at(0);
  EXPECT_EQ(again.attempts, 1);
  EXPECT_EQ(again.snoozes, 1);
}

TEST_P(StoreContract, ARetryDoesNot) {
  const auto run = start({seed("a", 0, "1")});
  auto retry = put_off(claim(run.id, 1).at(0), kNow, false);
  retry.failure = Failure{1, 503, "503"};
  settle({retry});
  const auto again = claim(run.id, 1).at(0);
  EXPECT_EQ(again.attempts, 2);
  EXPECT_EQ(again.snoozes, 0);
}

TEST_P(StoreContract, APutBackTaskIsReadyAsIfItHadNotBeenClaimed) {
  const auto run = start({seed("a", 0, "1")});
  auto back = settlement(claim(run.id, 1).at(0), State::ready);
  back.spent = false;
  settle({back});
  EXPECT_EQ(counted(run.id), "a: 1 ready");
  EXPECT_EQ(claim(run.id, 1).at(0).attempts, 1);
}

TEST_P(StoreContract, WhatIsSkippedOrDeadOrDoneIsNotClaimedAgain) {
  const auto run = start(seeds(3));
  const auto tasks = claim(run.id, 3);
  settle({settlement(tasks[0], State::done), settlement(tasks[1], State::skipped), died(tasks[2], "500")});
  EXPECT_EQ(counted(run.id), "a: 1 done, 1 skipped, 1 dead");
  EXPECT_THAT(claim(run.id, 3), IsEmpty());
}

TEST_P(StoreContract, AWaitingTaskIsReadyOnceItsTimeHasCome) {
  const auto run = start(seeds(2));
  const auto tasks = claim(run.id, 2);
  const auto applied =
      settle({put_off(tasks[0], kNow + seconds(5), true), put_off(tasks[1], kNow + seconds(3), true)});
  EXPECT_EQ(applied.next_due, kNow + seconds(3));
  EXPECT_THAT(claim(run.id, 2, kNow + seconds(3) - milliseconds(1)), IsEmpty());
  EXPECT_THAT(keys(claim(run.id, 2, kNow + seconds(3))), ElementsAre("2"));
  EXPECT_EQ(settle({}, kNow + seconds(5)).next_due, std::nullopt);
  EXPECT_EQ(counted(run.id), "a: 1 ready, 1 leased");
}

TEST_P(StoreContract, WhatAClockThatWasAheadPutOffGoesAtOnceWhenItIsPutRight) {
  const auto run = start(seeds(2));
  const auto next_year = kNow + hours(365 * 24);
  const auto tasks = claim(run.id, 2, next_year);
  const auto applied =
      settle({put_off(tasks[0], next_year + seconds(30), true), put_off(tasks[1], next_year, true)},
             next_year - seconds(1));
  EXPECT_EQ(applied.next_due, next_year);
  EXPECT_THAT(claim(run.id, 2), SizeIs(2));
}

TEST_P(StoreContract, NoTaskIsPutOffForMoreThanAWeek) {
  const auto run = start({seed("a", 0, "1")});
  const auto applied = settle({put_off(claim(run.id, 1).at(0), kNow + hours(1000), true)});
  EXPECT_EQ(applied.next_due, kNow + hours(168));
  EXPECT_THAT(claim(run.id, 1, kNow + hours(167)), IsEmpty());
  EXPECT_THAT(claim(run.id, 1, kNow + hours(168)), SizeIs(1));
}

// The next process takes the lease back, so what the process before still says of it comes too late.
TEST_P(StoreContract, ASettlementOfALostLeaseIsIgnored) {
  const auto run = start({seed("a", 0, "1")});
  const auto first = claim(run.id, 1).at(0);
  restart();
  auto late = died(first, "500");
  EXPECT_THAT(settle({late}).stale, IsEmpty());
  EXPECT_EQ(counted(run.id), "a: 1 ready");

  const auto second = claim(run.id, 1).at(0);
  EXPECT_GT(second.claim, first.claim) << "the number of a claim is not given again by the next process";
  settle({late});
  EXPECT_EQ(counted(run.id), "a: 1 leased");
  settle({settlement(second, State::done)});
  EXPECT_EQ(counted(run.id), "a: 1 done");
  settle({late});
  EXPECT_EQ(counted(run.id), "a: 1 done");
}

TEST_P(StoreContract, ARecordOfALostLeaseLetsNothingOfItsBatchThrough) {
  const auto run = start(seeds(2));
  const auto first = claim(run.id, 2);
  restart();
  const auto second = claim(run.id, 1);
  Batch batch;
  batch.settlements = {settlement(second[0], State::done), settlement(first[1], State::done)};
  for (auto& one : batch.settlements) one.keeps_record = true;
  batch.parts = {{run.id, "p", "p", 1, 10, 2, false, ""}};
  batch.claims = {{run.id, 5, kNow + seconds(60)}};
  const auto applied = apply(batch);
  EXPECT_THAT(applied.stale, ElementsAre(1));
  EXPECT_THAT(applied.claimed, IsEmpty());
  EXPECT_EQ(counted(run.id), "a: 1 ready, 1 leased");
  EXPECT_EQ(store().latest_part(run.id, "p"), 0);

  batch.settlements.pop_back();
  EXPECT_THAT(apply(batch).stale, IsEmpty());
  EXPECT_EQ(counted(run.id), "a: 1 leased, 1 done");
  EXPECT_EQ(store().latest_part(run.id, "p"), 1);
}

TEST_P(StoreContract, LeasesOfACrashAreTakenBackWithTheirAttempts) {
  const auto run = start(seeds(3));
  claim(run.id, 2);
  EXPECT_EQ(restart().leases_taken_back(), 2);
  EXPECT_EQ(counted(run.id), "a: 3 ready");
  EXPECT_EQ(restart().leases_taken_back(), 0);
  for (const auto& task : claim(run.id, 3)) EXPECT_EQ(task.attempts, 1);
}

TEST_P(StoreContract, ATaskThatIsInFlightInEveryCrashIsSpreadOutAndThenGivenUpOn) {
  const auto run = start({seed("a", 0, "1")});
  auto now = kNow;
  for (int crash = 1; crash <= 21; ++crash) {
    now += hours(1);
    ASSERT_THAT(claim(run.id, 1, now), SizeIs(1)) << crash;
    restart(now);
    const auto due = settle({}, now - seconds(1)).next_due;
    EXPECT_EQ(due.has_value(), crash > 2 && crash <= 20) << crash;
    if (due) {
      EXPECT_GE(*due, now) << crash;
      EXPECT_LE(*due, now + seconds(256)) << crash;
    }
  }
  EXPECT_EQ(counted(run.id), "a: 1 dead");
}

TEST_P(StoreContract, ALeaseThatIsOverAndThatNobodyHoldsIsTakenBackWhileTheDaemonRuns) {
  const auto run = start(seeds(4));
  const auto lost = claim(run.id, 1).at(0);
  const auto held = claim(run.id, 2);
  const auto young = claim(run.id, 1, kNow + seconds(60)).at(0);
  const auto over = kNow + std::chrono::minutes(5);
  Batch batch;
  EXPECT_EQ(apply(batch, over).leases_taken_back, 0) << "it is not said which are held";
  batch.oldest_claim = held[0].claim;
  const auto before = apply(batch, over - milliseconds(1));
  EXPECT_EQ(before.leases_taken_back, 0) << "it is not over";
  EXPECT_EQ(before.next_due, over);
  EXPECT_EQ(apply(batch, over).leases_taken_back, 1);
  EXPECT_EQ(counted(run.id), "a: 1 ready, 3 leased");
  batch.oldest_claim = young.claim + 1;
  EXPECT_EQ(apply(batch, over).leases_taken_back, 2) << "the other one is not over";
  const auto again = claim(run.id, 1, over).at(0);
  EXPECT_EQ(again.id, lost.id);
  EXPECT_EQ(again.attempts, 1);
  settle({died(lost, "too late")}, over);
  EXPECT_EQ(counted(run.id), "a: 2 ready, 2 leased");
}

TEST_P(StoreContract, ItemsThatWereLeftOutAreCounted) {
  const auto run = start(seeds(2));
  const auto tasks = claim(run.id, 2);
  std::vector<Settlement> done{settlement(tasks[0], State::done), settlement(tasks[1], State::done)};
  done[0].left_out = {5, 1};
  done[1].left_out = {2, 0};
  settle(done);
  Batch batch;
  batch.watched_runs = {run.id};
  const auto tallies = apply(batch).tallies;
  ASSERT_THAT(tallies, SizeIs(1));
  EXPECT_EQ(tallies[0].left_out.by_where, 7);
  EXPECT_EQ(tallies[0].left_out.where_failed, 1);
}

INSTANTIATE_TEST_SUITE_P(Of, StoreContract, testing::ValuesIn(store_kinds()),
                         [](const auto& the) { return the.param.name; });

}  // namespace
}  // namespace fanout
