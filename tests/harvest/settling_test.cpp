// What uses up an attempt, what is put back without, and when a task is given up on.
#include "harvest/settling.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

const WallTime kNow = from_unix_ms(1'800'000'000'000);
constexpr Retry kRetry{5, milliseconds(1000), milliseconds(60'000)};

Task task_at(int attempts, int snoozes = 0) {
  Task task;
  task.id = 7;
  task.attempts = attempts;
  task.snoozes = snoozes;
  return task;
}

Outcome failing() {
  Outcome outcome;
  outcome.verdict = Verdict::retry;
  outcome.reason = "500";
  outcome.vendor_down = true;
  return outcome;
}

Outcome snoozing(std::optional<milliseconds> hold) {
  Outcome outcome;
  outcome.verdict = Verdict::snooze;
  outcome.reason = "429";
  outcome.over_limit = true;
  outcome.hold = hold;
  return outcome;
}

class SettlingTest : public testing::Test {
 protected:
  Settlement settle(const Task& task, const Outcome& outcome, int status, bool vendor_down = false) {
    return settlement_of(task, outcome, status, kRetry, vendor_down, kNow, random);
  }
  SeededRandom random{1};
};

TEST_F(SettlingTest, AGoodReplyIsDone) {
  const auto settlement = settle(task_at(1), Outcome{}, 200);
  EXPECT_EQ(settlement.task, 7);
  EXPECT_EQ(settlement.to, State::done);
  EXPECT_FALSE(settlement.failure);
}

TEST_F(SettlingTest, ASkipSaysWhy) {
  Outcome outcome;
  outcome.verdict = Verdict::skip;
  outcome.reason = "404: it has vanished";
  const auto settlement = settle(task_at(1), outcome, 404);
  EXPECT_EQ(settlement.to, State::skipped);
  EXPECT_EQ(settlement.place, "404: it has vanished");
}

TEST_F(SettlingTest, AFailureWaitsForItsBackoffAndUsesUpItsAttempt) {
  for (int attempt = 1; attempt < kRetry.attempts; ++attempt) {
    const auto settlement = settle(task_at(attempt), failing(), 500);
    EXPECT_EQ(settlement.to, State::waiting);
    EXPECT_TRUE(settlement.spent);
    EXPECT_GE(settlement.due, kNow);
    EXPECT_LE(settlement.due, kNow + kRetry.base * (1 << (attempt - 1)));
    ASSERT_TRUE(settlement.failure);
    EXPECT_EQ(settlement.failure->attempt, attempt);
    EXPECT_EQ(settlement.failure->status, 500);
  }
}

TEST_F(SettlingTest, TheLastFailureIsADeadLetter) {
  const auto settlement = settle(task_at(kRetry.attempts), failing(), 500);
  EXPECT_EQ(settlement.to, State::dead);
  EXPECT_EQ(settlement.place, "given up on after 5 attempts; the last: 500");
}

TEST_F(SettlingTest, A429UsesUpNoAttemptAndWaitsAsLongAsTheVendorSaid) {
  const auto settlement = settle(task_at(kRetry.attempts), snoozing(milliseconds(30'000)), 429);
  EXPECT_EQ(settlement.to, State::waiting);
  EXPECT_FALSE(settlement.spent);
  EXPECT_TRUE(settlement.snoozed);
  EXPECT_GE(settlement.due, kNow + milliseconds(30'000));
  EXPECT_LE(settlement.due, kNow + milliseconds(31'000)) << "spread over a second";
}

TEST_F(SettlingTest, SnoozesHaveAnEndToo) {
  const auto last = settle(task_at(1, kMostSnoozes - 1), snoozing({}), 429);
  EXPECT_FALSE(last.spent);
  const auto after = settle(task_at(1, kMostSnoozes), snoozing({}), 429);
  EXPECT_TRUE(after.spent) << "from now on each uses up an attempt";
  EXPECT_EQ(settle(task_at(kRetry.attempts, kMostSnoozes), snoozing({}), 429).to, State::dead);
}

TEST_F(SettlingTest, WhatFailsWhileTheVendorIsDownUsesUpNoAttempt) {
  const auto settlement = settle(task_at(kRetry.attempts), failing(), 503, true);
  EXPECT_EQ(settlement.to, State::waiting);
  EXPECT_FALSE(settlement.spent);
}

TEST_F(SettlingTest, AVendorThatIsNotEvenReachedUsesUpNoAttempt) {
  auto outcome = failing();
  outcome.nobody_there = true;
  const auto settlement = settle(task_at(kRetry.attempts), outcome, 0);
  EXPECT_EQ(settlement.to, State::waiting);
  EXPECT_FALSE(settlement.spent);
}

TEST_F(SettlingTest, ATaskThatFailsAgainWithTheSame500SpeaksOfItself) {
  const auto doubted = settle(task_at(kRetry.attempts), failing(), 500, true);
  EXPECT_FALSE(doubted.spent) << "it may still be the vendor";
  EXPECT_GE(doubted.due, kNow + seconds(30)) << "another task is the next probe";
  EXPECT_EQ(settle(task_at(kRetry.attempts, 5), failing(), 500, true).to, State::dead)
      << "else one poisoned task would keep the breaker open, and itself alive, for ever";
}

struct EvidenceCase {
  bool down;
  bool alive;
  int status;
  int attempts;
  Limiter::Evidence expected;
};

TEST(Evidence, SpeaksOfTheVendorOrOfTheTask) {
  using Evidence = Limiter::Evidence;
  const EvidenceCase cases[] = {
      {false, true, 200, 1, Evidence::alive},   {true, false, 500, 1, Evidence::down},
      {true, false, 500, 2, Evidence::unclear}, {true, false, 503, 4, Evidence::down},
      {true, false, 0, 4, Evidence::down},      {false, false, 429, 1, Evidence::unclear},
  };
  for (const auto& each : cases) {
    Outcome outcome;
    outcome.vendor_down = each.down;
    outcome.vendor_alive = each.alive;
    EXPECT_EQ(evidence_of(outcome, each.status, each.attempts), each.expected)
        << "status " << each.status << ", attempt " << each.attempts;
  }
}

}  // namespace
}  // namespace fanout
