#include "harvest/steady_time.h"

#include <gtest/gtest.h>

#include "sim/sim_clock.h"

namespace fanout {
namespace {

using std::chrono::hours;

constexpr milliseconds kYear = hours(24 * 365);
const WallTime kStart = from_unix_ms(1'800'000'000'000);

class SteadyTimeTest : public testing::Test {
 protected:
  void pass(milliseconds time) {
    timeline.after(time, [] {});
    while (timeline.step()) {
    }
  }

  sim::Timeline timeline;
  sim::SimClock clock{timeline, kStart};
};

TEST_F(SteadyTimeTest, GoesWithTheClockWhereNoRunHasEnded) {
  SteadyTime steady(clock, {});
  EXPECT_EQ(steady.wall(), kStart);
  pass(hours(3));
  EXPECT_EQ(steady.wall(), kStart + hours(3));
}

TEST_F(SteadyTimeTest, IsNotMovedByAJumpUntilTheClockHasBeenRightForADay) {
  SteadyTime steady(clock, kStart);
  clock.set_wall_by(kYear);
  EXPECT_EQ(steady.wall(), kStart);
  pass(hours(23));
  EXPECT_EQ(steady.wall(), kStart + hours(23));
  pass(hours(2));
  EXPECT_EQ(steady.wall(), clock.wall()) << "it has gone along for a day";
}

TEST_F(SteadyTimeTest, BeginsItsDayAnewAtEachJump) {
  SteadyTime steady(clock, kStart);
  clock.set_wall_by(kYear);
  steady.wall();
  pass(hours(20));
  clock.set_wall_by(kYear);
  steady.wall();
  pass(hours(20));
  EXPECT_EQ(steady.wall(), kStart + hours(40));
}

TEST_F(SteadyTimeTest, IsNeverLaterThanTheClock) {
  SteadyTime steady(clock, kStart);
  clock.set_wall_by(-kYear);
  EXPECT_EQ(steady.wall(), kStart - kYear);
  EXPECT_EQ(SteadyTime(clock, kStart).wall(), kStart - kYear) << "a run that ended in what is now the future";
}

TEST_F(SteadyTimeTest, BeginsWithTheEndOfTheLatestRunHoweverFarTheClockIsAhead) {
  clock.set_wall_by(kYear);
  SteadyTime steady(clock, kStart - hours(1));
  EXPECT_EQ(steady.wall(), kStart - hours(1));
  pass(hours(25));
  EXPECT_EQ(steady.wall(), clock.wall());
}

}  // namespace
}  // namespace fanout
