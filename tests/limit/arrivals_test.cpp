#include "limit/arrivals.h"

#include <gtest/gtest.h>

#include "support/at.h"

namespace fanout {
namespace {

TEST(Arrivals, OfAFewAreKeptApart) {
  Arrivals arrivals(milliseconds(1000), 3);
  for (const int ms : {0, 10, 20}) arrivals.add(at(ms));
  EXPECT_EQ(arrivals.count(), 3);
  EXPECT_EQ(arrivals.gone(1), at(1000));
  EXPECT_EQ(arrivals.gone(3), at(1020));
  EXPECT_EQ(arrivals.gone(4), MonoTime::max());
  EXPECT_EQ(arrivals.leaving_until(at(1010)), 2);
  arrivals.forget(at(1009));
  EXPECT_EQ(arrivals.count(), 2);
}

TEST(Arrivals, OfManyTakeBoundedMemoryAndNeverLeaveEarly) {
  constexpr milliseconds kDay = std::chrono::hours(24);
  Arrivals arrivals(kDay, 65'000);
  for (int i = 0; i < 65'000; ++i) arrivals.add(MonoTime(microseconds(kDay) / 65'000 * i));
  EXPECT_LE(arrivals.buckets().size(), 514U);
  EXPECT_EQ(arrivals.count(), 65'000);
  for (const int nth : {1, 2, 1000, 64'999}) {
    const auto came = MonoTime(microseconds(kDay) / 65'000 * (nth - 1));
    EXPECT_GE(arrivals.gone(nth), came + kDay) << nth;
    EXPECT_LE(arrivals.gone(nth), came + kDay + kDay / 500) << nth;
  }
}

TEST(Arrivals, InFewAreTheSameAndNoneIsOlder) {
  Arrivals arrivals(milliseconds(1000), 100);
  for (int i = 0; i < 100; ++i) arrivals.add(at(i));
  const auto few = arrivals.in_few(8);
  ASSERT_LE(few.size(), 8U);
  std::int64_t count = 0;
  for (const auto& bucket : few) {
    count += bucket.count;
    EXPECT_EQ(bucket.latest, at(count - 1)) << "a bucket is as young as its youngest";
  }
  EXPECT_EQ(count, 100);
  EXPECT_TRUE(Arrivals(milliseconds(1), 1).in_few(8).empty());
}

TEST(Arrivals, AddedOutOfOrderCountLonger) {
  Arrivals arrivals(milliseconds(1000), 3);
  arrivals.add(at(50));
  arrivals.add(at(20));
  EXPECT_EQ(arrivals.gone(2), at(1050));
}

}  // namespace
}  // namespace fanout
