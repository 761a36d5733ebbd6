#include "forecast/forecast.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

constexpr MonoTime kBegun{std::chrono::hours(1)};

// So many settled in each tenth of a second, for so long.
MonoTime run(Forecast& forecast, MonoTime from, int each, seconds length) {
  const auto end = from + length;
  for (auto now = from + milliseconds(100); now <= end; now += milliseconds(100)) forecast.settled(each, now);
  return end;
}

TEST(Forecast, IsRightFromTheFirstSeconds) {
  Forecast forecast(kBegun);
  const auto now = run(forecast, kBegun, 10, seconds(2));
  EXPECT_NEAR(forecast.rate(now), 100, 5);
  ASSERT_TRUE(forecast.left(1000, now));
  EXPECT_NEAR(static_cast<double>(forecast.left(1000, now)->count()), 10'000, 500);
}

TEST(Forecast, FollowsWhatHappensLately) {
  Forecast forecast(kBegun);
  auto now = run(forecast, kBegun, 10, seconds(600));
  EXPECT_NEAR(forecast.rate(now), 100, 1);
  now = run(forecast, now, 2, seconds(30));
  EXPECT_NEAR(forecast.rate(now), 60, 2) << "half the way after a half-life";
  now = run(forecast, now, 2, seconds(300));
  EXPECT_NEAR(forecast.rate(now), 20, 1);
}

TEST(Forecast, SaysNothingWhereNobodyCanTell) {
  Forecast forecast(kBegun);
  EXPECT_EQ(forecast.rate(kBegun), 0);
  EXPECT_EQ(forecast.left(5, kBegun), std::nullopt);
  EXPECT_EQ(forecast.left(5, kBegun + seconds(10)), std::nullopt) << "nothing has moved";
  forecast.settled(5, kBegun + seconds(10));
  EXPECT_TRUE(forecast.left(5, kBegun + seconds(10)));
  EXPECT_EQ(forecast.left(5, kBegun + std::chrono::hours(10)), std::nullopt) << "nothing has moved for long";
}

TEST(Forecast, NothingOpenTakesNoTime) { EXPECT_EQ(Forecast(kBegun).left(0, kBegun), milliseconds(0)); }

}  // namespace
}  // namespace fanout
