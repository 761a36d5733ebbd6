// What uses up an attempt, what is put back without, and when a task is given up on.
#include "task/disposition.h"

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
  outcome.vendor = VendorSays::down;
  return outcome;
}

Outcome snoozing(std::optional<milliseconds> hold) {
  Outcome outcome;
  outcome.verdict = Verdict::snooze;
  outcome.reason = "429";
  outcome.vendor = VendorSays::asked_too_much;
  outcome.hold = hold;
  return outcome;
}

class DispositionTest : public testing::Test {
 protected:
  static constexpr VendorState kWell{false, true, false, {}};
  static constexpr VendorState kOpen{true, false, true, milliseconds(8000)};

  Settlement settle(const Task& task, const Outcome& outcome, int status, const VendorState& vendor = kWell) {
    return settlement_of(task, outcome, status, kRetry, vendor, kNow, random);
  }
  SeededRandom random{1};
};

TEST_F(DispositionTest, AGoodReplyIsDone) {
  const auto settlement = settle(task_at(1), Outcome{}, 200);
  EXPECT_EQ(settlement.task, 7);
  EXPECT_EQ(settlement.to, State::done);
  EXPECT_FALSE(settlement.failure);
}

TEST_F(DispositionTest, ASkipSaysWhy) {
  Outcome outcome;
  outcome.verdict = Verdict::skip;
  outcome.reason = "404: it has vanished";
  const auto settlement = settle(task_at(1), outcome, 404);
  EXPECT_EQ(settlement.to, State::skipped);
  EXPECT_EQ(settlement.reason, "404: it has vanished");
}

TEST_F(DispositionTest, AFailureWaitsForItsBackoffAndUsesUpItsAttempt) {
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

TEST_F(DispositionTest, TheLastFailureIsADeadLetter) {
  const auto settlement = settle(task_at(kRetry.attempts), failing(), 500);
  EXPECT_EQ(settlement.to, State::dead);
  EXPECT_EQ(settlement.reason, "given up on after 5 attempts; the last: 500");
}

TEST_F(DispositionTest, A429UsesUpNoAttemptAndWaitsAsLongAsTheVendorSaid) {
  const auto settlement = settle(task_at(kRetry.attempts), snoozing(milliseconds(30'000)), 429);
  EXPECT_EQ(settlement.to, State::waiting);
  EXPECT_FALSE(settlement.spent);
  EXPECT_TRUE(settlement.snoozed);
  EXPECT_GE(settlement.due, kNow + milliseconds(30'000));
  EXPECT_LE(settlement.due, kNow + milliseconds(31'000)) << "spread over a second";
}

TEST_F(DispositionTest, SnoozesHaveAnEndToo) {
  const auto last = settle(task_at(1, kMostSnoozes - 1), snoozing({}), 429);
  EXPECT_FALSE(last.spent);
  const auto after = settle(task_at(1, kMostSnoozes), snoozing({}), 429);
  EXPECT_TRUE(after.spent) << "from now on each uses up an attempt";
  EXPECT_EQ(settle(task_at(kRetry.attempts, kMostSnoozes), snoozing({}), 429).to, State::dead);
}

// Not the five-thousandth time either: two days of probes each half a minute.
TEST_F(DispositionTest, WhatFailsWhileTheVendorIsDownUsesUpNothingHoweverOften) {
  const VendorState closed_yet{false, false, true, {}};
  for (const auto& vendor : {kOpen, closed_yet}) {
    for (const int status : {0, 500, 502, 503, 504}) {
      const auto settlement = settle(task_at(1, 5760), failing(), status, vendor);
      EXPECT_EQ(settlement.to, State::waiting);
      EXPECT_FALSE(settlement.spent) << status;
      EXPECT_EQ(settlement.snoozed, status == 500) << status;
      EXPECT_GT(settlement.due, kNow + vendor.until_probe) << "another task is the next probe";
      EXPECT_LE(settlement.due, kNow + vendor.until_probe + seconds(2));
    }
  }
}

// The last one of a run, say. A gateway, or nobody, may still be the vendor's failure.
TEST_F(DispositionTest, A500HasAnEndAfterDaysOfIt) {
  EXPECT_TRUE(settle(task_at(1, 10'000), failing(), 500, kOpen).spent);
}

TEST_F(DispositionTest, A500OfOneTaskAloneSpeaksOfThatTask) {
  constexpr VendorState kAlone{true, false, false, milliseconds(8000)};
  EXPECT_GE(settle(task_at(1), failing(), 500, kAlone).due, kNow + seconds(30))
      << "it has the benefit of the doubt";
  EXPECT_TRUE(settle(task_at(1, 5), failing(), 500, kAlone).spent);
  for (const int status : {0, 502, 503, 504}) {
    EXPECT_FALSE(settle(task_at(1, 5760), failing(), status, kAlone).spent) << status;
    EXPECT_TRUE(settle(task_at(1, 10'000), failing(), status, kAlone).spent)
        << status << ": nobody else has said for days that the vendor is down";
    EXPECT_FALSE(settle(task_at(1, 10'000), failing(), status, kOpen).spent) << status << ": several do";
  }
}

TEST_F(DispositionTest, WhatFailsWhileOthersAreAnsweredWellIsTheTasksOwn) {
  for (const int status : {0, 500, 502, 503, 504}) {
    EXPECT_TRUE(settle(task_at(1), failing(), status).spent) << status;
    EXPECT_EQ(settle(task_at(kRetry.attempts), failing(), status).to, State::dead) << status;
  }
}

TEST_F(DispositionTest, RefusedCredentialsUseUpNothingHoweverOften) {
  Outcome refused;
  refused.verdict = Verdict::snooze;
  refused.reason = "401";
  refused.vendor = VendorSays::refuses_us;
  for (const auto& vendor : {kOpen, kWell}) {
    const auto settlement = settle(task_at(kRetry.attempts, kMostSnoozes), refused, 401, vendor);
    EXPECT_EQ(settlement.to, State::waiting);
    EXPECT_FALSE(settlement.spent);
  }
}

TEST_F(DispositionTest, AVendorThatIsNotEvenReachedUsesUpNoAttempt) {
  auto outcome = failing();
  outcome.vendor = VendorSays::not_there;
  const auto settlement = settle(task_at(kRetry.attempts), outcome, 0);
  EXPECT_EQ(settlement.to, State::waiting);
  EXPECT_FALSE(settlement.spent);
}

TEST_F(DispositionTest, ATaskThatFailedAgainAndAgainWhileOthersDidNotKeepsNoBreakerOpen) {
  const auto doubted = settle(task_at(3), failing(), 500, kOpen);
  EXPECT_FALSE(doubted.spent) << "it may still be the vendor";
  EXPECT_GE(doubted.due, kNow + seconds(30)) << "another task is the next probe";
  EXPECT_EQ(settle(task_at(kRetry.attempts, 5), failing(), 500, kOpen).to, State::dead)
      << "else one poisoned task would keep the breaker open, and itself alive, for ever";
}

TEST_F(DispositionTest, WhatNeverLeftGoesBackAsItWas) {
  const auto settlement = unclaimed(7, 3);
  EXPECT_EQ(settlement.to, State::ready);
  EXPECT_FALSE(settlement.spent);
  EXPECT_FALSE(settlement.snoozed);
}

TEST_F(DispositionTest, APageBehindTheEndOfItsListIsDoneAndHasCostNothing) {
  const auto settlement = needless(task_at(1));
  EXPECT_EQ(settlement.to, State::done);
  EXPECT_FALSE(settlement.spent);
}

TEST_F(DispositionTest, WhatCanNotBeAskedIsDeadAndSaysWhy) {
  const auto settlement = unaskable(task_at(1), "level b is no longer in the configuration");
  EXPECT_EQ(settlement.to, State::dead);
  EXPECT_EQ(settlement.reason, "level b is no longer in the configuration");
  ASSERT_TRUE(settlement.failure);
  EXPECT_EQ(settlement.failure->what, settlement.reason);
}

TEST_F(DispositionTest, WhatCanNotBeKeptIsDeadWithNothingOfIt) {
  auto settlement = settle(task_at(1), Outcome{}, 200);
  settlement.seeds.resize(2);
  settlement.keeps_record = true;
  become_unkept(settlement, "its file would be another's");
  EXPECT_EQ(settlement.to, State::dead);
  ASSERT_TRUE(settlement.failure);
  EXPECT_EQ(settlement.failure->attempt, 1);
  EXPECT_EQ(settlement.failure->status, 200);
  EXPECT_EQ(settlement.failure->what, "its file would be another's");
  EXPECT_FALSE(settlement.keeps_record);
  EXPECT_TRUE(settlement.seeds.empty());
}

}  // namespace
}  // namespace fanout
