#include "harvest/putting_off.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/at.h"

namespace fanout {
namespace {

using testing::HasSubstr;

Limiter limiter_with(Rate rate) {
  Limits limits;
  limits.concurrency = 64;
  FinerLimits finer;
  finer.name = "x";
  finer.rates = {rate};
  finer.per_value = true;
  limits.finer = {finer};
  return {limits, at(0)};
}

Claimed claimed(std::int64_t id, const std::string& value = "", int cost = 1, std::int64_t run = 1) {
  Claimed claimed;
  claimed.task.id = id;
  claimed.task.run = run;
  claimed.pipeline = run == 1 ? "p" : "q";
  if (!value.empty()) claimed.demand.parts.push_back({0, cost, value});
  return claimed;
}

TEST(PuttingOff, TakesOutWhatWouldWaitForMoreThanASecond) {
  auto limiter = limiter_with({2, seconds(1)});
  WaitingTasks waiting;
  Bookings bookings;
  for (int i = 1; i <= 10; ++i) waiting.add(claimed(i, "a"));
  waiting.add(claimed(11, "b"));
  waiting.add(claimed(12));
  const auto off = put_off(waiting, bookings, limiter, at(0));
  ASSERT_GE(off.size(), 7U);
  EXPECT_LE(off.size(), 8U);
  EXPECT_EQ(waiting.count(), 12 - off.size());
  for (std::size_t i = 0; i < off.size(); ++i) {
    EXPECT_EQ(off[i].claimed.task.id, static_cast<std::int64_t>(10 - off.size() + 1 + i)) << "in their order";
    EXPECT_GE(off[i].due, at(1000));
    EXPECT_LE(off[i].due, at(6500));
    EXPECT_GE(off[i].due, off[i == 0 ? 0 : i - 1].due);
  }
  EXPECT_THAT(off.front().why, HasSubstr("waits for limit x (2/1s for each value), here of a"));
}

TEST(PuttingOff, LeavesWhatMayGoWhateverItCosts) {
  auto limiter = limiter_with({5, seconds(10)});
  WaitingTasks waiting;
  Bookings bookings;
  waiting.add(claimed(1, "a", 5));
  EXPECT_TRUE(put_off(waiting, bookings, limiter, at(0)).empty()) << "else it would come back for ever";
  EXPECT_EQ(waiting.count(), 1U);
}

TEST(PuttingOff, WhatComesLaterGetsALaterTurn) {
  auto limiter = limiter_with({1, seconds(1)});
  WaitingTasks waiting;
  Bookings bookings;
  for (int i = 1; i <= 5; ++i) waiting.add(claimed(i, "a"));
  const auto first = put_off(waiting, bookings, limiter, at(0));
  for (int i = 6; i <= 10; ++i) waiting.add(claimed(i, "a"));
  const auto second = put_off(waiting, bookings, limiter, at(0));
  ASSERT_FALSE(first.empty());
  ASSERT_FALSE(second.empty());
  EXPECT_GE(second.front().due, first.back().due);
}

// Public reports of rate limiters with one queue say so: who comes after a flood waits for all of it.
TEST(PuttingOff, ARunThatFloodsLeavesTheTurnsOfAnotherAsTheyAre) {
  auto limiter = limiter_with({1, seconds(1)});
  WaitingTasks waiting;
  Bookings bookings;
  for (int i = 1; i <= 1000; ++i) waiting.add(claimed(i, "a"));
  put_off(waiting, bookings, limiter, at(0));
  for (int i = 1; i <= 10; ++i) waiting.add(claimed(i, "a", 1, 2));
  const auto second = put_off(waiting, bookings, limiter, at(0));
  ASSERT_FALSE(second.empty());
  EXPECT_LE(second.back().due, at(12'000)) << "and not after a thousand seconds";
}

TEST(PuttingOff, OfTwoRunsThatWaitEachIsTheFirstInTurn) {
  auto limiter = limiter_with({1, seconds(1)});
  Bookings bookings;
  WaitingTasks waiting;
  std::map<std::string, int> stayed;
  for (int i = 1; i <= 100; ++i) {
    for (int run = 1; run <= 2; ++run) {
      for (int n = 0; n < 3; ++n) waiting.add(claimed(100 * i + n, "a", 1, run));
    }
    put_off(waiting, bookings, limiter, at(0));
    for (const auto& claimed : waiting.take_all()) ++stayed[claimed.pipeline];
  }
  EXPECT_NEAR(stayed["p"], stayed["q"], 3);
}

TEST(PuttingOff, TurnsEndWithTheHoursOfTheirLimit) {
  auto limits = limiter_with({1, seconds(60)}).limits();
  limits.finer[0].ends = at(600'000);
  Limiter limiter(limits, at(0));
  WaitingTasks waiting;
  Bookings bookings;
  for (int i = 1; i <= 1000; ++i) waiting.add(claimed(i, "a"));
  const auto off = put_off(waiting, bookings, limiter, at(0));
  ASSERT_GT(off.size(), 990U);
  EXPECT_LE(off.back().due, at(600'000)) << "what would wait for longer is not bound any more";
}

// A newcomer saw turns that were spread evenly over the night before, and over the day after.
TEST(PuttingOff, TurnsUnderAQuotaGoOnWithTheNextDay) {
  constexpr std::int64_t kDayLong = 86'400'000;
  Limits limits;
  FinerLimits daily;
  daily.name = "x";
  daily.period = Period{5, at(0), at(kDayLong), "5/day"};
  limits.finer = {daily};
  Limiter limiter(limits, at(1000));
  WaitingTasks waiting;
  Bookings bookings;
  for (int i = 1; i <= 13; ++i) {
    auto task = claimed(i);
    task.demand.parts.push_back({0, 1, {}});
    waiting.add(std::move(task));
  }
  const auto off = put_off(waiting, bookings, limiter, at(1000));
  ASSERT_EQ(off.size(), 12U) << "one may go at once";
  const auto hour = [&](std::size_t i) {
    return std::chrono::duration<double, std::ratio<3600>>(off[i].due.time_since_epoch()).count();
  };
  for (std::size_t i = 0; i < 4; ++i) EXPECT_LT(hour(i), 0.3) << i << ": of the first day";
  for (std::size_t i = 4; i < 9; ++i) {
    EXPECT_GT(hour(i), 23.99) << i << ": none before the reset";
    EXPECT_LT(hour(i), 24.3) << i;
  }
  for (std::size_t i = 9; i < 12; ++i) EXPECT_GT(hour(i), 47.9) << i << ": of the third day";
}

TEST(PuttingOff, WithoutFinerLimitsTouchesNothing) {
  Limiter limiter(Limits{}, at(0));
  WaitingTasks waiting;
  Bookings bookings;
  waiting.add(claimed(1));
  EXPECT_TRUE(put_off(waiting, bookings, limiter, at(0)).empty());
  EXPECT_EQ(waiting.count(), 1U);
}

}  // namespace
}  // namespace fanout
