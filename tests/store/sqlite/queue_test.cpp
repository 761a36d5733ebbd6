// One task's row: identity, order, leases, attempts, and the ways back.
#include "store/sqlite/queue.h"

#include <gmock/gmock.h>

#include "store/sqlite/harness.h"

namespace fanout {
namespace {

using testing::ElementsAre;

class QueueTest : public StoreTest {
 protected:
  static std::vector<std::string> keys(const std::vector<Task>& tasks) {
    std::vector<std::string> keys;
    for (const auto& task : tasks) keys.push_back(task.key);
    return keys;
  }
  // The daemon dies and is started again; who was in flight is taken back.
  Recovered crash_and_recover(WallTime now = kNow) { return SqliteStore(path()).recover(now); }
};

TEST_F(QueueTest, ASecondTaskOfTheSameIdentityIsIgnored) {
  auto other_page = seed("a", 0, "k");
  other_page.page = 2;
  const auto run =
      start({seed("a", 0, "k"), seed("a", 0, "k"), other_page, seed("a", 0, "k", 7), seed("b", 0, "k")});
  EXPECT_EQ(ask("SELECT level, scope, key, page FROM task ORDER BY id"),
            "a|0|k|1\na|0|k|2\na|7|k|1\nb|0|k|1");
  EXPECT_EQ(claim(run.id, 10).size(), 4u);
  EXPECT_EQ(wrong_tallies(), "");
}

TEST_F(QueueTest, AnotherRunAsksAgain) {
  start({seed("a", 0, "k")});
  EXPECT_EQ(claim(start({seed("a", 0, "k")}).id, 10).size(), 1u);
}

TEST_F(QueueTest, TheDeepestLevelGoesFirstThenTheOldest) {
  const auto run =
      start({seed("a", 0, "1"), seed("b", 1, "2"), seed("a", 0, "3"), seed("c", 2, "4"), seed("b", 1, "5")});
  EXPECT_THAT(keys(claim(run.id, 1)), ElementsAre("4"));
  auto rest = keys(claim(run.id, 3));
  std::ranges::sort(rest);
  EXPECT_THAT(rest, ElementsAre("1", "2", "5"));
  EXPECT_THAT(keys(claim(run.id, 10)), ElementsAre("3"));
  EXPECT_TRUE(claim(run.id, 10).empty());
}

TEST_F(QueueTest, AClaimTakesOnlyItsRun) {
  start({seed("a", 0, "1")});
  const auto second = start({seed("a", 0, "2")}, "billing");
  EXPECT_THAT(keys(claim(second.id, 10)), ElementsAre("2"));
}

TEST_F(QueueTest, AClaimedTaskIsWholeAndItsAttemptIsCounted) {
  auto wanted = seed("data", 3, "k", 9);
  wanted.list = 5;
  wanted.page = 4;
  wanted.parents = R"({"troop":{"id":1}})";
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
  EXPECT_EQ(task.attempts, 1);
  EXPECT_EQ(task.snoozes, 0);
  EXPECT_EQ(ask("SELECT state, attempts, lease, lease_until FROM task"),
            "leased|1|" + std::to_string(task.lease) + "|1800000300000");
}

TEST_F(QueueTest, ADoneTaskHasItsPlaceAndItsChildren) {
  const auto run = start({seed("a", 0, "1")});
  const auto task = claim(run.id, 1).at(0);
  auto done = settlement(task, State::done);
  done.place = "a-1-00001.ndjson@0+10";
  done.seeds = {seed("b", 1, "x", task.id), seed("b", 1, "y", task.id), seed("b", 1, "x", task.id)};
  settle({done}, kNow + seconds(1));
  EXPECT_EQ(ask("SELECT level, key, state, settled_at, place, lease_until FROM task ORDER BY id"),
            "a|1|done|1800000001000|a-1-00001.ndjson@0+10|\nb|x|ready|||\nb|y|ready|||");
  EXPECT_EQ(wrong_tallies(), "");
}

TEST_F(QueueTest, ASnoozeGivesTheAttemptBack) {
  const auto run = start({seed("a", 0, "1")});
  settle({put_off(claim(run.id, 1).at(0), kNow + seconds(2), true)});
  EXPECT_EQ(ask("SELECT state, attempts, snoozes, due_at FROM task"), "waiting|0|1|1800000002000");
}

TEST_F(QueueTest, ARetryDoesNotAndItsFailureIsKept) {
  const auto run = start({seed("a", 0, "1")});
  auto retry = put_off(claim(run.id, 1).at(0), kNow + seconds(2), false);
  retry.failure = Failure{1, 503, "503"};
  settle({retry});
  EXPECT_EQ(ask("SELECT state, attempts, snoozes FROM task"), "waiting|1|0");
  EXPECT_EQ(ask("SELECT at, number, status, what FROM attempt"), "1800000000000|1|503|503");
}

TEST_F(QueueTest, APutBackTaskIsReadyWithItsAttempt) {
  const auto run = start({seed("a", 0, "1")});
  auto back = settlement(claim(run.id, 1).at(0), State::ready);
  back.spent = false;
  settle({back});
  EXPECT_EQ(ask("SELECT state, attempts, snoozes, due_at, settled_at, place FROM task"), "ready|0|0|||");
}

TEST_F(QueueTest, AWaitingTaskIsReadyOnceItsTimeHasCome) {
  const auto run = start({seed("a", 0, "1"), seed("a", 0, "2")});
  const auto tasks = claim(run.id, 2);
  const auto applied =
      settle({put_off(tasks[0], kNow + seconds(5), true), put_off(tasks[1], kNow + seconds(3), true)});
  EXPECT_EQ(applied.next_due, kNow + seconds(3));
  EXPECT_TRUE(claim(run.id, 2, kNow + seconds(3) - milliseconds(1)).empty());
  EXPECT_EQ(claim(run.id, 2, kNow + seconds(3)).size(), 1u);
  EXPECT_EQ(settle({}, kNow + seconds(5)).next_due, std::nullopt);
  EXPECT_EQ(ask("SELECT state, due_at FROM task ORDER BY id"), "ready|\nleased|");
  EXPECT_EQ(wrong_tallies(), "");
}

TEST_F(QueueTest, ASettlementOfATaskThatIsNotLeasedChangesNothing) {
  const auto run = start({seed("a", 0, "1")});
  const auto task = claim(run.id, 1).at(0);
  by_hand("UPDATE task SET state = 'skipped', place = 'by hand'");
  auto late = died(task, "500");
  EXPECT_TRUE(settle({late}).stale.empty());
  EXPECT_EQ(ask("SELECT state, place FROM task"), "skipped|by hand");
  EXPECT_EQ(ask("SELECT count(*) FROM attempt"), "0");
  EXPECT_EQ(wrong_dead_letters(), "");
}

TEST_F(QueueTest, AReplyToAnEarlierClaimDoesNotSettleTheLaterOne) {
  const auto run = start({seed("a", 0, "1")});
  const auto first = claim(run.id, 1).at(0);
  by_hand("UPDATE task SET state = 'ready', attempts = 0");
  const auto second = claim(run.id, 1).at(0);
  EXPECT_NE(first.lease, second.lease);
  settle({settlement(first, State::done)});
  EXPECT_EQ(state_of_task(first.id), "leased");
  settle({settlement(second, State::done)});
  EXPECT_EQ(state_of_task(first.id), "done");
  EXPECT_EQ(wrong_tallies(), "");
}

TEST_F(QueueTest, ADeadTaskHasItsDeadLetter) {
  const auto run = start({seed("a", 0, "1")});
  settle({died(claim(run.id, 1).at(0), "given up on")}, kNow);
  EXPECT_EQ(ask("SELECT run, level, died_at, status, reason, request FROM dead_letter"),
            "1|a|1800000000000|500|given up on|GET https://vendor.example/x");
  EXPECT_EQ(wrong_dead_letters(), "");
  EXPECT_EQ(wrong_tallies(), "");
}

class DeadTest : public QueueTest {
 protected:
  DeadTest() {
    for (const std::string pipeline : {"monitoring", "billing"}) {
      const auto run = start({seed("a", 0, "1"), seed("a", 0, "2")}, pipeline);
      for (const auto& task : claim(run.id, 2)) settle({died(task, "500")});
      finish(run.id);
    }
  }
  std::int64_t move(const DeadSelection& selection) {
    Batch batch;
    batch.now = kNow + seconds(60);
    batch.dead.push_back(selection);
    return store_.apply(batch).dead_moved.at(0);
  }
  std::string states() { return ask("SELECT group_concat(state) FROM (SELECT state FROM task ORDER BY id)"); }
};

TEST_F(DeadTest, ARedriveStartsAfreshKeepsTheHistoryAndOpensTheRun) {
  EXPECT_EQ(move({false, 1, 0, ""}), 1);
  EXPECT_EQ(states(), "ready,dead,dead,dead");
  EXPECT_EQ(ask("SELECT attempts, settled_at, place FROM task WHERE id = 1"), "0||");
  EXPECT_EQ(ask("SELECT count(*) FROM attempt WHERE task = 1"), "1");
  EXPECT_EQ(ask("SELECT state, finished_at FROM run ORDER BY id"), "running|\nfinished|1800000000000");
  EXPECT_EQ(wrong_tallies() + wrong_dead_letters(), "");
}

TEST_F(DeadTest, ARunAPipelineOrAllAreRedriven) {
  EXPECT_EQ(move({false, 0, 2, ""}), 2);
  EXPECT_EQ(states(), "dead,dead,ready,ready");
  EXPECT_EQ(move({false, 0, 0, "monitoring"}), 2);
  EXPECT_EQ(move({false, 0, 0, ""}), 0);
  EXPECT_EQ(states(), "ready,ready,ready,ready");
  EXPECT_EQ(wrong_tallies() + wrong_dead_letters(), "");
}

TEST_F(DeadTest, AllAreDropped) {
  EXPECT_EQ(move({true, 0, 0, ""}), 4);
  EXPECT_EQ(ask("SELECT DISTINCT state, place, settled_at FROM task"),
            "skipped|dropped by hand|1800000060000");
  EXPECT_EQ(ask("SELECT DISTINCT state FROM run"), "finished");
  EXPECT_EQ(wrong_tallies() + wrong_dead_letters(), "");
}

TEST_F(DeadTest, OneThatIsNotDeadIsNotMoved) {
  move({false, 1, 0, ""});
  EXPECT_EQ(move({true, 1, 0, ""}), 0);
  EXPECT_EQ(move({false, 77, 0, ""}), 0);
}

TEST_F(QueueTest, LeasesOfACrashAreTakenBackWithTheirAttempts) {
  const auto run = start({seed("a", 0, "1"), seed("a", 0, "2"), seed("a", 0, "3")});
  claim(run.id, 2);
  EXPECT_EQ(crash_and_recover().leases_taken_back, 2);
  EXPECT_EQ(ask("SELECT state, attempts, crashes, lease_until FROM task ORDER BY id"),
            "ready|0|1|\nready|0|1|\nready|0|0|");
  EXPECT_EQ(crash_and_recover().leases_taken_back, 0);
  EXPECT_EQ(wrong_tallies(), "");
}

TEST_F(QueueTest, ATaskThatIsInFlightInEveryCrashIsSpreadOutAndThenGivenUpOn) {
  const auto run = start({seed("a", 0, "1")});
  auto now = kNow;
  for (int crash = 1; crash <= 21; ++crash) {
    now += std::chrono::hours(1);
    SqliteStore store(path());
    store.recover(now);
    Batch batch;
    batch.now = now;
    batch.claims.push_back({run.id, 1, now + seconds(60)});
    ASSERT_EQ(store.apply(batch).claimed.size(), 1u) << crash;
    SqliteStore(path()).recover(now);
    EXPECT_EQ(ask("SELECT crashes, attempts FROM task"), std::to_string(crash) + "|0");
    EXPECT_EQ(state_of_task(1), crash <= 2 ? "ready" : crash <= 20 ? "waiting" : "dead") << crash;
    if (crash > 2 && crash <= 20) {
      const auto wait = std::stoll(ask("SELECT due_at FROM task")) - unix_ms(now);
      EXPECT_GE(wait, 0);
      EXPECT_LE(wait, 256'000);
    }
  }
  EXPECT_EQ(ask("SELECT reason, errors LIKE '%(21 times)' FROM dead"),
            "in flight each time the daemon died|1");
  EXPECT_EQ(wrong_tallies() + wrong_dead_letters(), "");
}

TEST_F(QueueTest, ACancelledRunIsSkippedInSmallBatchesAndItsRequestsInFlightEnd) {
  std::vector<Seed> seeds;
  for (int i = 0; i < 5000; ++i) seeds.push_back(seed("a", 0, std::to_string(i)));
  const auto run = start(seeds);
  const auto flying = claim(run.id, 2);
  settle({put_off(flying[1], kNow + seconds(600), true)});
  Batch cancel;
  cancel.now = kNow;
  cancel.cancel_runs.push_back(run.id);
  std::vector<std::string> left;
  for (int i = 0; i < 3; ++i) {
    store_.apply(cancel);
    left.push_back(ask("SELECT ready, waiting, leased FROM tally"));
  }
  EXPECT_THAT(left, ElementsAre("2998|0|1", "998|0|1", "0|0|1"));
  EXPECT_EQ(ask("SELECT DISTINCT state, place, due_at FROM task WHERE id > 1"), "skipped|cancelled|");
  EXPECT_FALSE(finish(run.id));
  settle({settlement(flying[0], State::done)});
  EXPECT_TRUE(finish(run.id));
  EXPECT_EQ(ask("SELECT state FROM run"), "cancelled");
  EXPECT_EQ(wrong_tallies(), "");
}

TEST_F(QueueTest, WhatAClockThatWasAheadPutOffGoesAtOnceWhenItIsPutRight) {
  const auto run = start({seed("a", 0, "1"), seed("a", 0, "2")});
  const auto next_year = kNow + std::chrono::hours(365 * 24);
  const auto tasks = claim(run.id, 2, next_year);
  settle({put_off(tasks[0], next_year + seconds(30), true), put_off(tasks[1], next_year, true)},
         next_year - seconds(1));
  EXPECT_EQ(ask("SELECT count(*) FROM task WHERE state = 'waiting'"), "2");
  EXPECT_EQ(claim(run.id, 2).size(), 2u);
}

TEST_F(QueueTest, NoTaskIsPutOffForMoreThanAWeek) {
  const auto run = start({seed("a", 0, "1")});
  settle({put_off(claim(run.id, 1).at(0), kNow + std::chrono::hours(1000), true)});
  EXPECT_EQ(ask("SELECT state, due_at - 1800000000000 FROM task"), "waiting|604800000");
  EXPECT_EQ(claim(run.id, 1, kNow + std::chrono::hours(167)).size(), 0u);
  EXPECT_EQ(claim(run.id, 1, kNow + std::chrono::hours(168)).size(), 1u);
}

TEST_F(QueueTest, ARedriveIntoARunThatIsBeingCancelledWaitsForItsEnd) {
  const auto run = start({seed("a", 0, "1"), seed("a", 0, "2")});
  const auto tasks = claim(run.id, 2);
  settle({died(tasks[0], "500")});
  Batch redrive;
  redrive.now = kNow;
  redrive.cancel_runs = {run.id};
  store_.apply(redrive);  // the other one is in flight still
  redrive.cancel_runs.clear();
  for (const DeadSelection& selection : {DeadSelection{false, tasks[0].id, 0, ""},
                                         {false, 0, run.id, ""},
                                         {false, 0, 0, "monitoring"},
                                         {false, 0, 0, ""}}) {
    redrive.dead = {selection};
    EXPECT_EQ(store_.apply(redrive).dead_moved.at(0), 0);
    EXPECT_EQ(state_of_task(tasks[0].id), "dead");
  }
  settle({settlement(tasks[1], State::done)});
  ASSERT_TRUE(finish(run.id));
  EXPECT_EQ(store_.apply(redrive).dead_moved.at(0), 1);
  EXPECT_EQ(ask("SELECT state, finished_at FROM run"), "running|");
  EXPECT_EQ(wrong_tallies() + wrong_dead_letters(), "");
}

TEST_F(QueueTest, TheNumberOfAClaimIsNotGivenAgainByTheNextProcess) {
  const auto run = start({seed("a", 0, "1"), seed("a", 0, "2")});
  const auto before = claim(run.id, 1).at(0).lease;
  SqliteStore next(path());
  next.recover(kNow);
  Batch batch;
  batch.now = kNow;
  batch.claims.push_back({run.id, 2, kNow + seconds(60)});
  for (const auto& task : next.apply(batch).claimed) EXPECT_GT(task.lease, before);
}

}  // namespace
}  // namespace fanout
