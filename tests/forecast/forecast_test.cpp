#include "forecast/forecast.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

const LevelTree kTwoLevels = {{"troop", -1}, {"warrior", 0}};
constexpr MonoTime kBegun{seconds(1000)};

TEST(Forecast, SaysNothingBeforeAnythingIsKnown) {
  Forecast forecast(kTwoLevels, {}, kBegun);
  EXPECT_FALSE(forecast.growth());
  forecast.counted({{0, 1}, {0, 0}}, kBegun);
  EXPECT_FALSE(forecast.growth());
  EXPECT_FALSE(forecast.pace(kBegun + seconds(5)));
}

TEST(Forecast, GoesByWhatItSawAndWhatIsCounted) {
  Forecast forecast(kTwoLevels, {}, kBegun);
  forecast.counted({{0, 10}, {0, 0}}, kBegun);
  for (int i = 0; i < 5; ++i) forecast.saw({0, false, 0, {{1, 4}}});
  forecast.counted({{5, 5}, {0, 20}}, kBegun + seconds(5));
  ASSERT_TRUE(forecast.growth());
  EXPECT_DOUBLE_EQ(forecast.growth()->median, 5 + 20 + 20);
  EXPECT_NEAR(*forecast.pace(kBegun + seconds(5)), 1, 0.1);
}

TEST(Forecast, GoesOnAfterARestart) {
  Forecast before(kTwoLevels, {}, kBegun);
  before.counted({{0, 10}, {0, 0}}, kBegun);
  for (int i = 0; i < 4; ++i) before.saw({0, false, 0, {{1, 4}}});
  Forecast after(kTwoLevels, {}, kBegun);
  after.restore(before.text());
  after.counted({{5, 5}, {0, 20}}, kBegun + seconds(5));  // one was settled after that was kept
  ASSERT_TRUE(after.growth());
  EXPECT_DOUBLE_EQ(after.growth()->median, 45);
  EXPECT_FALSE(after.pace(kBegun + seconds(10))) << "how fast this process is nobody knows yet";
}

TEST(Forecast, GoesByCountsAloneWhereNothingWasKept) {
  Forecast forecast(kTwoLevels, {}, kBegun);
  forecast.restore("what somebody wrote by hand");
  forecast.counted({{5, 5}, {0, 20}}, kBegun);
  ASSERT_TRUE(forecast.growth());
  EXPECT_DOUBLE_EQ(forecast.growth()->median, 45);
}

TEST(Forecast, KeepsItsPaceWhileSomethingHoldsItUp) {
  Forecast forecast(kTwoLevels, {}, kBegun);
  forecast.counted({{0, 1000}, {0, 0}}, kBegun);
  for (int i = 1; i <= 60; ++i) forecast.counted({{i * 10, 1000 - i * 10}, {0, 0}}, kBegun + seconds(i));
  forecast.held_up(true, kBegun + seconds(60));
  EXPECT_NEAR(*forecast.pace(kBegun + seconds(600)), 10, 0.5);
  forecast.held_up(false, kBegun + seconds(600));
  EXPECT_NEAR(*forecast.pace(kBegun + seconds(600)), 10, 0.5);
}

TEST(Forecast, BearsDeadLettersThatArePutBackToWork) {
  Forecast forecast(kTwoLevels, {}, kBegun);
  forecast.counted({{10, 0}, {40, 0}}, kBegun);
  forecast.counted({{5, 5}, {40, 0}}, kBegun + seconds(2));
  EXPECT_EQ(forecast.rate(kBegun + seconds(2)), 0);
  ASSERT_TRUE(forecast.growth());
  EXPECT_GE(forecast.growth()->median, 5);
}

TEST(Forecast, BearsOtherLevels) {
  Forecast forecast(kTwoLevels, {}, kBegun);
  forecast.counted({{5, 5}, {0, 20}}, kBegun);
  forecast.change({{"troop", -1}, {"warrior", 0}, {"data", 1}}, {});
  forecast.counted({{5, 5}, {0, 20}, {0, 0}}, kBegun + seconds(1));
  EXPECT_FALSE(forecast.growth()) << "what a warrior lists nobody has seen";
}

}  // namespace
}  // namespace fanout
