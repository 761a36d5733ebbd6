#include "forecast/speed.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

constexpr MonoTime kAnHour{std::chrono::hours(1)};

// So many settled in each tenth of a second, for so long.
MonoTime run(Speed& speed, MonoTime from, int each, seconds length) {
  const auto end = from + length;
  for (auto now = from + milliseconds(100); now <= end; now += milliseconds(100)) speed.settled(each, now);
  return end;
}

TEST(Speed, IsRightFromTheFirstSeconds) {
  Speed speed(kAnHour);
  const auto now = run(speed, kAnHour, 10, seconds(2));
  EXPECT_NEAR(speed.rate(now), 100, 5);
}

TEST(Speed, FollowsWhatHappensLately) {
  Speed speed(kAnHour);
  auto now = run(speed, kAnHour, 10, seconds(600));
  EXPECT_NEAR(speed.rate(now), 100, 1);
  now = run(speed, now, 2, seconds(30));
  EXPECT_NEAR(speed.rate(now), 60, 2) << "half the way after a half-life";
  now = run(speed, now, 2, seconds(300));
  EXPECT_NEAR(speed.rate(now), 20, 1);
}

TEST(Speed, IsNotKnownWhileThereIsTooLittleOfIt) {
  Speed speed(kAnHour);
  EXPECT_EQ(speed.rate(kAnHour), 0);
  EXPECT_FALSE(speed.is_known(kAnHour));
  EXPECT_FALSE(speed.is_known(kAnHour + seconds(10))) << "nothing has moved";
  speed.settled(5, kAnHour + seconds(10));
  EXPECT_TRUE(speed.is_known(kAnHour + seconds(10)));
  EXPECT_FALSE(speed.is_known(kAnHour + std::chrono::hours(10))) << "nothing has moved for long";
}

TEST(Speed, LeavesOutTheTimeForWhichItWasHeldUp) {
  Speed speed(kAnHour);
  const auto held = run(speed, kAnHour, 10, seconds(60));
  const auto free = held + seconds(120);
  speed.held_up(held, free);
  EXPECT_NEAR(speed.rate(free), 100, 3);
  EXPECT_NEAR(speed.rate(run(speed, free, 10, seconds(10))), 100, 3);
}

TEST(Speed, WhatIsSettledWhileItIsHeldUpIsNotInTheFuture) {
  Speed speed(kAnHour);
  const auto held = run(speed, kAnHour, 10, seconds(60));
  speed.settled(4, held + seconds(100));
  speed.held_up(held, held + seconds(120));
  EXPECT_LT(speed.rate(held + seconds(121)), 110);
}

}  // namespace
}  // namespace fanout
