#include "sim/sim_clock.h"

#include <gtest/gtest.h>

#include <vector>

namespace fanout::sim {
namespace {

TEST(Timeline, GoesFromEventToEventInOrder) {
  Timeline timeline;
  std::vector<int> seen;
  timeline.after(seconds(2), [&] { seen.push_back(2); });
  timeline.after(seconds(1), [&] { seen.push_back(1); });
  timeline.after(seconds(2), [&] { seen.push_back(3); });
  const auto cancelled = timeline.after(seconds(1), [&] { seen.push_back(0); });
  timeline.cancel(cancelled);
  while (timeline.step()) {
  }
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(timeline.now(), seconds(2));
}

TEST(SimClock, RingsAnAlarmOnceAtTheTimeItWasLastSetTo) {
  Timeline timeline;
  SimClock clock(timeline, WallTime{});
  std::vector<MonoTime> rung;
  const auto alarm = clock.alarm([&] { rung.push_back(clock.mono()); });
  const auto begin = clock.mono();
  alarm->set(begin + seconds(1));
  alarm->set(begin + seconds(3));
  while (timeline.step()) {
  }
  EXPECT_EQ(rung, std::vector<MonoTime>{begin + seconds(3)});
  alarm->set(begin);  // past: at once
  alarm->cancel();
  EXPECT_FALSE(timeline.step());
}

TEST(SimClock, JumpsOnTheWallOnlyAndBeginsAnewAtABoot) {
  Timeline timeline;
  SimClock clock(timeline, WallTime{});
  const auto mono = clock.mono();
  const auto boot = clock.boot();
  clock.set_wall_by(seconds(-3600));
  EXPECT_EQ(clock.wall(), WallTime{} - seconds(3600));
  EXPECT_EQ(clock.mono(), mono);
  clock.reboot();
  EXPECT_LT(clock.mono(), mono);
  EXPECT_NE(clock.boot(), boot);
}

}  // namespace
}  // namespace fanout::sim
