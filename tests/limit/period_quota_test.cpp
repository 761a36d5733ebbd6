#include "limit/period_quota.h"

#include <gtest/gtest.h>

#include "support/at.h"

namespace fanout {
namespace {

constexpr std::int64_t kDayLong = 86'400'000;

// The n-th day of a calendar.
Period day(int n, std::int64_t limit) {
  return {limit, at(n * kDayLong), at((n + 1) * kDayLong), "of a day"};
}

// So many as soon as they may; the moment of the last.
MonoTime take(PeriodQuota& quota, int count, MonoTime now) {
  for (int i = 0; i < count; ++i) {
    now = quota.next(now);
    quota.taken(now, 1);
  }
  return now;
}

TEST(PeriodQuota, LetsSoManyGoInADayAndTheNextOnTheNextDay) {
  PeriodQuota quota(day(0, 10), at(1000));
  EXPECT_LT(take(quota, 10, at(1000)), at(kDayLong / 10)) << "and does not spread them over all of it";
  EXPECT_TRUE(quota.is_used_up());
  EXPECT_EQ(quota.next(at(40'000'000)), at(kDayLong));
  quota.change(day(1, 10), 0, at(kDayLong));
  EXPECT_EQ(quota.next(at(kDayLong)), at(kDayLong));
  EXPECT_FALSE(quota.is_used_up());
}

TEST(PeriodQuota, WhatLeavesAroundTheResetCountsInBothDays) {
  PeriodQuota quota(day(0, 1000), at(0));
  take(quota, 5, at(kDayLong - 60'000));
  EXPECT_LT(take(quota, 3, at(kDayLong - 9000)), at(kDayLong));
  quota.change(day(1, 1000), 2, at(kDayLong));
  EXPECT_EQ(quota.room(at(kDayLong), at(2 * kDayLong - 1)), 1000 - 3 - 2) << "three, and two in flight";
}

TEST(PeriodQuota, TwoLooksAtTheClocksMakeNoNewDay) {
  PeriodQuota quota(day(0, 10), at(0));
  take(quota, 10, at(1000));
  quota.change({10, at(3), at(kDayLong + 3), "of a day"}, 0, at(2'000'000));
  EXPECT_TRUE(quota.is_used_up());
}

TEST(PeriodQuota, ACostThatDoesNotFitWaitsForTheNextDay) {
  PeriodQuota quota(day(0, 10), at(0));
  quota.taken(at(0), 7);
  EXPECT_EQ(quota.next(at(kDayLong / 2), 4), at(kDayLong));
  EXPECT_EQ(quota.next(at(kDayLong / 2), 3), at(kDayLong / 2));
  PeriodQuota all(day(0, 10), at(0));
  EXPECT_EQ(all.next(at(0), 50), at(0)) << "what costs more than all of it goes alone";
}

TEST(PeriodQuota, SaysHowLongSoManyTake) {
  PeriodQuota quota(day(0, 100), at(0));
  EXPECT_LT(quota.time_for(100, at(0)), std::chrono::hours(1));
  const auto two_days_more = quota.time_for(250, at(0));
  EXPECT_GT(two_days_more, std::chrono::hours(48));
  EXPECT_LT(two_days_more, std::chrono::hours(49));
}

TEST(PeriodQuota, WhatLeavesByAMomentIsOverThen) {
  PeriodQuota quota(day(0, 10), at(0));
  quota.taken(at(0), 4);
  const auto now = at(1'000'000);
  for (const int count : {1, 5, 6, 7, 16, 17, 40}) {
    const auto last = now + quota.time_for(count, now);
    EXPECT_GE(quota.room(now, last), count) << count;
    EXPECT_LT(quota.room(now, last - milliseconds(1000)), count) << count;
  }
}

TEST(PeriodQuota, OutlivesARestartInTheSameDayOnly) {
  PeriodQuota before(day(0, 10), at(0));
  take(before, 6, at(1000));
  const auto saved = before.save(2, at(30'000'000));
  PeriodQuota same(day(0, 10), at(31'000'000));
  same.restore(saved, at(30'000'000));
  EXPECT_EQ(same.room(at(31'000'000), at(kDayLong - 1)), 2) << "six, and two that may have left since";
  PeriodQuota next(day(1, 10), at(kDayLong));
  next.restore(saved, at(30'000'000));
  EXPECT_EQ(next.room(at(kDayLong), at(2 * kDayLong - 1)), 8) << "those two may have left around the reset";
}

}  // namespace
}  // namespace fanout
