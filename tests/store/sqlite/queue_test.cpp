// What an operator reads in the rows of tasks, attempts and dead letters; how they move is in
// contract_test.cpp.
#include "store/sqlite/queue.h"

#include "store/sqlite/harness.h"

namespace fanout {
namespace {

using std::chrono::hours;
using testing::IsEmpty;

class QueueTest : public StoreTest {
 protected:
  std::int64_t move(const DeadSelection& selection) {
    Batch batch;
    batch.now = kNow + seconds(60);
    batch.dead.push_back(selection);
    return store_.apply(batch).dead_moved.at(0).moved;
  }
};

TEST_F(QueueTest, ALeasedTaskSaysByWhichClaimAndUntilWhen) {
  const auto run = start({seed("a", 0, "1")});
  const auto task = claim(run.id, 1).at(0);
  EXPECT_EQ(ask("SELECT state, attempts, claim, lease_until FROM task"),
            "leased|1|" + std::to_string(task.claim) + "|1800000300000");
}

TEST_F(QueueTest, ADoneTaskSaysWhenAndWhereItsRecordIs) {
  const auto run = start({seed("a", 0, "1")});
  const auto task = claim(run.id, 1).at(0);
  auto done = settlement(task, State::done);
  done.record = "a-1-00001.ndjson@0+10";
  done.seeds = {seed("b", 1, "x", task.id)};
  settle({done}, kNow + seconds(1));
  EXPECT_EQ(ask("SELECT level, key, state, settled_at, record, reason, lease_until FROM task ORDER BY id"),
            "a|1|done|1800000001000|a-1-00001.ndjson@0+10||\nb|x|ready||||");
  EXPECT_EQ(wrong_tallies(), "");
}

TEST_F(QueueTest, AWaitingTaskSaysUntilWhenAndItsFailureIsKept) {
  const auto run = start({seed("a", 0, "1"), seed("a", 0, "2")});
  const auto tasks = claim(run.id, 2);
  auto retry = put_off(tasks[1], kNow + seconds(3), false);
  retry.failure = Failure{1, 503, "503"};
  settle({put_off(tasks[0], kNow + seconds(2), true), retry});
  EXPECT_EQ(ask("SELECT key, state, attempts, snoozes, due_at FROM task ORDER BY key"),
            "1|waiting|0|1|1800000002000\n2|waiting|1|0|1800000003000");
  EXPECT_EQ(ask("SELECT task, at, number, status, what FROM attempt"),
            std::to_string(tasks[1].id) + "|1800000000000|1|503|503");
  claim(run.id, 2, kNow + seconds(3));
  EXPECT_EQ(ask("SELECT DISTINCT state, due_at FROM task"), "leased|") << "nothing of it stays";
}

TEST_F(QueueTest, APutBackTaskHasNothingLeftOfItsClaim) {
  const auto run = start({seed("a", 0, "1")});
  auto back = settlement(claim(run.id, 1).at(0), State::ready);
  back.spent = false;
  settle({back});
  EXPECT_EQ(ask("SELECT state, attempts, snoozes, due_at, lease_until, settled_at, record, reason FROM task"),
            "ready|0|0|||||");
}

TEST_F(QueueTest, ASettlementOfATaskThatSomebodyMovedByHandLeavesItAsItIs) {
  const auto run = start({seed("a", 0, "1")});
  const auto task = claim(run.id, 1).at(0);
  by_hand("UPDATE task SET state = 'skipped', reason = 'by hand'");
  EXPECT_THAT(settle({died(task, "500")}).stale, IsEmpty());
  EXPECT_EQ(ask("SELECT state, reason FROM task"), "skipped|by hand");
  EXPECT_EQ(ask("SELECT count(*) FROM attempt"), "0");
  EXPECT_EQ(wrong_dead_letters(), "");
  by_hand("UPDATE task SET state = 'ready', attempts = 0");
  claim(run.id, 1);
  settle({died(task, "500")});
  EXPECT_EQ(state_of_task(task.id), "leased") << "by another claim";
  EXPECT_EQ(wrong_tallies(), "");
}

TEST_F(QueueTest, ADeadTaskHasItsDeadLetter) {
  const auto run = start({seed("a", 0, "1")});
  settle({died(claim(run.id, 1).at(0), "given up on")}, kNow);
  EXPECT_EQ(ask("SELECT run, level, died_at, status, reason, request FROM dead_letter"),
            "1|a|1800000000000|500|given up on|GET https://vendor.example/x");
  EXPECT_EQ(wrong_dead_letters() + wrong_tallies(), "");
}

TEST_F(QueueTest, ARedriveKeepsTheHistoryAndADropSaysThatItWasOne) {
  const auto run = start({seed("a", 0, "1"), seed("a", 0, "2")});
  for (const auto& task : claim(run.id, 2)) settle({died(task, "500")});
  finish(run.id);
  EXPECT_EQ(move({false, 1, 0, ""}), 1);
  EXPECT_EQ(ask("SELECT state, attempts, settled_at, reason FROM task WHERE id = 1"), "ready|0||");
  EXPECT_EQ(ask("SELECT count(*) FROM attempt WHERE task = 1"), "1");
  EXPECT_EQ(ask("SELECT state, finished_at FROM run"), "running|");
  EXPECT_EQ(move({true, 2, 0, ""}), 1);
  EXPECT_EQ(ask("SELECT state, reason, settled_at FROM task WHERE id = 2"),
            "skipped|dropped by hand|1800000060000");
  EXPECT_EQ(wrong_tallies() + wrong_dead_letters(), "");
}

TEST_F(QueueTest, LeasesOfACrashAreCountedUntilTheTaskIsGivenUpOnWithTheReason) {
  const auto run = start({seed("a", 0, "1")});
  auto now = kNow;
  for (int crash = 1; crash <= 21; ++crash) {
    now += hours(1);
    ASSERT_EQ(claim(run.id, 1, now).size(), 1u) << crash;
    store_.recover(now);
    EXPECT_EQ(ask("SELECT crashes, attempts, lease_until FROM task"), std::to_string(crash) + "|0|");
    EXPECT_EQ(state_of_task(1), crash <= 2 ? "ready" : crash <= 20 ? "waiting" : "dead") << crash;
  }
  EXPECT_EQ(ask("SELECT reason, errors LIKE '%(21 times)' FROM dead"),
            "in flight each time the daemon died|1");
  EXPECT_EQ(wrong_tallies() + wrong_dead_letters(), "");
}

TEST_F(QueueTest, WhatACancelSkippedSaysSo) {
  const auto run = start({seed("a", 0, "1"), seed("a", 0, "2")});
  settle({put_off(claim(run.id, 1).at(0), kNow + seconds(600), true)});
  Batch cancel;
  cancel.now = kNow;
  cancel.cancel_runs.push_back(run.id);
  store_.apply(cancel);
  EXPECT_EQ(ask("SELECT DISTINCT state, reason, due_at FROM task"), "skipped|cancelled|");
  EXPECT_TRUE(finish(run.id));
  EXPECT_EQ(ask("SELECT state FROM run"), "cancelled");
  EXPECT_EQ(wrong_tallies(), "");
}

}  // namespace
}  // namespace fanout
