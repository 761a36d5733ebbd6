#include "limit/finer_limit.h"

#include <gtest/gtest.h>

#include "support/at.h"

namespace fanout {
namespace {

FinerLimits limits(std::vector<Rate> rates, int concurrency = FinerLimits::kNoSlots) {
  FinerLimits limits;
  limits.name = "x";
  limits.rates = std::move(rates);
  limits.concurrency = concurrency;
  limits.per_value = true;
  return limits;
}

Demand::Part part(const std::string& value, int cost = 1) { return {0, cost, value}; }

TEST(FinerLimit, KeepsEachValueApart) {
  FinerLimit limit(limits({{1, seconds(10)}}), {}, at(0));
  limit.take(part("a"), at(0));
  EXPECT_GE(limit.next(part("a"), at(1)), at(10'000));
  EXPECT_EQ(limit.next(part("b"), at(1)), at(1));
}

TEST(FinerLimit, OutsideOfItsHoursItBindsNobodyAndCounts) {
  auto all = limits({{1, seconds(10)}});
  all.in_force = false;
  FinerLimit limit(all, {}, at(0));
  limit.take(part("a"), at(0));
  EXPECT_EQ(limit.next(part("a"), at(1)), at(1));
  all.in_force = true;
  limit.reconfigure(all, {}, at(2));
  EXPECT_GE(limit.next(part("a"), at(2)), at(10'000)) << "what left before counts";
}

TEST(FinerLimit, WhereNoneMayGoTheyMayAtTheEndOfItsHours) {
  auto none = limits({}, 0);
  none.ends = at(5000);
  FinerLimit limit(none, {}, at(0));
  EXPECT_EQ(limit.next(part("a"), at(1)), at(5000));
  EXPECT_EQ(limit.end_of_turns("a", 0, 3, at(1), at(1)), at(5000));
}

TEST(FinerLimit, ForgetsValuesThatAreAsGoodAsNew) {
  FinerLimit limit(limits({{5, seconds(1)}}), {}, at(0));
  for (int i = 0; i < 10'000; ++i) {
    const auto now = at(i * 10);
    FinerLimit::ended(limit.take(part(std::to_string(i)), now), true, now);
  }
  EXPECT_LT(limit.save(at(100'000), at(100'000)).values.size(), 600U)
      << "those of a little more than a second";
}

TEST(FinerLimit, ValuesBeyondTheMostThatAreKeptShareOne) {
  FinerLimit limit(limits({{1, std::chrono::hours(24)}}), {}, at(0));
  for (std::size_t i = 0; i < FinerLimit::kMostValues; ++i) limit.take(part(std::to_string(i)), at(1));
  limit.take(part("one more"), at(2));
  EXPECT_GT(limit.next(part("another"), at(3)), at(80'000'000)) << "too careful, never too little";
  EXPECT_GT(limit.next(part("7"), at(3)), at(80'000'000));
}

TEST(FinerLimit, WhenFewerAreInUseEachHasItsOwnAgain) {
  FinerLimit limit(limits({{1, seconds(60)}}), {}, at(0));
  const auto ask = [&](int value, MonoTime now) {
    FinerLimit::ended(limit.take(part(std::to_string(value)), now), true, now);
  };
  for (int value = 0; value < 3000; ++value) ask(value, at(1));
  EXPECT_GT(limit.next(part("7000"), at(2)), at(60'000));
  for (int value = 5000; value < 5050; ++value) {
    ask(value, at(130'000));
    EXPECT_EQ(limit.next(part(std::to_string(value + 100)), at(130'001)), at(130'001)) << value;
  }
}

TEST(FinerLimit, WhatAValueHadAmongOthersCountsWhenItHasItsOwn) {
  FinerLimit limit(limits({{1, seconds(60)}}, 1), {}, at(0));
  for (std::size_t i = 0; i < FinerLimit::kMostValues; ++i) {
    const auto ticket = limit.take(part(std::to_string(i)), at(1));
    FinerLimit::ended(ticket, true, at(1));
  }
  const auto ticket = limit.take(part("late"), at(50'000));
  FinerLimit::sent(ticket, at(50'000));
  // Those of the beginning are forgotten with this one.
  limit.take(part("another"), at(90'000));
  EXPECT_LT(limit.values(), 10U);
  EXPECT_EQ(limit.next(part("late"), at(90'000)), MonoTime::max()) << "it is still in flight";
  FinerLimit::ended(ticket, true, at(100'000));
  EXPECT_GE(limit.next(part("late"), at(100'000)), at(110'000)) << "a minute after it was asked";
}

TEST(FinerLimit, WhatNobodyRemembersCountsOverTwoRestarts) {
  const auto all = limits({{3, std::chrono::hours(1)}});
  FinerLimit before(all, {}, at(0));
  before.assume_full_pace(at(0));
  FinerLimit once(all, {}, at(100));
  once.restore(before.save(at(50), at(50)), at(50), at(100));
  FinerLimit twice(all, {}, at(200));
  twice.restore(once.save(at(150), at(150)), at(150), at(200));
  EXPECT_GT(twice.next(part("a"), at(200)), at(1'000'000));
}

TEST(FinerLimit, AQuotaOfTheCalendarIsKeptForEachValueAndOverARestart) {
  auto daily = limits({});
  daily.period = Period{100, at(0), at(86'400'000), "100/day"};
  FinerLimit before(daily, {}, at(0));
  for (int i = 0; i < 60; ++i)
    FinerLimit::ended(before.take(part("a"), at(i * 10'000)), true, at(i * 10'000));
  FinerLimit after(daily, {}, at(1'000'000));
  after.restore(before.save(at(999'000), at(999'000)), at(999'000), at(1'000'000));
  EXPECT_EQ(after.room("a", at(1'000'000), at(80'000'000)), 40);
  EXPECT_EQ(after.room("b", at(1'000'000), at(80'000'000)), 100);
  EXPECT_EQ(after.text(), "limit x (100/day for each value)");
}

TEST(FinerLimit, SaysWhenTurnsAreOver) {
  FinerLimit limit(limits({{2, seconds(1)}}), {}, at(0));
  EXPECT_EQ(limit.turns_until("a", at(1000), at(0)), 3) << "at once, half a second later, and just then";
  const auto first = limit.end_of_turns("a", 3, 10, at(1000), at(0));
  EXPECT_GE(first, at(6000)) << "thirteen at two a second";
  EXPECT_LT(first, at(6500));
  const auto second = limit.end_of_turns("a", 13, 10, first, at(0));
  EXPECT_GE(second, at(11'000));
  EXPECT_LT(second, at(11'500));
}

TEST(FinerLimit, NoTurnIsFurtherAwayThanATaskMayWait) {
  FinerLimit limit(limits({{1, std::chrono::hours(24)}}), {}, at(0));
  EXPECT_LE(limit.end_of_turns("a", 0, 1'000'000, at(0), at(0)), MonoTime(std::chrono::hours(24 * 7)));
}

TEST(FinerLimit, OrphansTakeUpSlotsOfEveryValue) {
  FinerLimit limit(limits({}, 2), {}, at(0));
  limit.orphaned(5, at(30'000));
  EXPECT_EQ(limit.next(part("a"), at(1)), at(30'000)) << "nobody knows which values they were of";
  EXPECT_EQ(limit.next(part("a"), at(30'000)), at(30'000));
  EXPECT_NE(limit.why(at(1)).find("takes up the slots of limit x (2 in flight"), std::string::npos);
  EXPECT_EQ(limit.why(at(30'000)), "");
}

TEST(FinerLimit, WhatWasNotReadableCountsAsAskedAtTheFullPace) {
  FinerLimit limit(limits({{10, seconds(60)}}), {}, at(0));
  limit.assume_full_pace(at(0));
  EXPECT_GE(limit.next(part("a"), at(1)), at(6000));
}

TEST(FinerLimit, SaysWhatItIs) {
  EXPECT_EQ(FinerLimit(limits({{5, seconds(1)}, {100, seconds(60)}}, 2), {}, at(0)).text(),
            "limit x (5/1s, 100/1m, 2 in flight for each value)");
}

TEST(FinerLimit, AfterARestartAValueThatNobodyKnowsMayHaveBeenAskedMeanwhile) {
  const auto all = limits({{3, seconds(10)}});
  FinerLimit before(all, {}, at(0));
  const auto saved = before.save(at(0), at(30'000));
  FinerLimit after(all, {}, at(100));
  after.restore(saved, at(0), at(100));
  EXPECT_GE(after.next(part("a"), at(100)), at(10'000));
  FinerLimit in_peace(all, {}, at(100));
  in_peace.restore(before.save(at(0), at(0)), at(0), at(100));
  EXPECT_EQ(in_peace.next(part("a"), at(100)), at(100)) << "nothing left after the last word";
}

}  // namespace
}  // namespace fanout
