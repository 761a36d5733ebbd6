#include "forecast/time_left.h"

#include <gtest/gtest.h>

#include "forecast/wording.h"

namespace fanout {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Growth growth_of(double median, double spread, double open = 0) { return {{median}, open, median, spread}; }

TEST(TimeLeft, IsWhatIsToComeAtThePaceOfNow) {
  const auto left = time_left(growth_of(1000, 0.2), {10.0, {}, {}});
  ASSERT_TRUE(left);
  EXPECT_EQ(left->median, seconds(100));
  EXPECT_NEAR(static_cast<double>(left->low.count()), 75'877, 100);
  EXPECT_NEAR(static_cast<double>(left->high.count()), 131'794, 100);
}

TEST(TimeLeft, IsNeverShorterThanLimitsAllow) {
  const auto limit = [](double calls) { return std::optional(milliseconds(static_cast<int>(calls * 1000))); };
  EXPECT_EQ(time_left(growth_of(1000, 0), {10.0, {}, limit})->median, seconds(1000));
  const auto loose = [](double calls) { return std::optional(milliseconds(static_cast<int>(calls))); };
  EXPECT_EQ(time_left(growth_of(1000, 0), {10.0, {}, loose})->median, seconds(100));
}

TEST(TimeLeft, BeginsWhenAHoldIsOver) {
  EXPECT_EQ(time_left(growth_of(1000, 0), {10.0, minutes(10), {}})->median, seconds(700));
}

TEST(TimeLeft, IsNotKnownWithoutPaceAndLimit) {
  EXPECT_FALSE(time_left(growth_of(1000, 0.1), {}));
  EXPECT_FALSE(time_left(growth_of(1e9, 0.1), {0.001, {}, {}})) << "further off than anybody can say";
  const auto none = [](double) { return std::optional<milliseconds>(); };
  EXPECT_FALSE(time_left(growth_of(1000, 0.1), {{}, {}, none}));
}

TEST(TimeLeft, NothingToComeTakesNoTime) { EXPECT_EQ(time_left(growth_of(0, 0), {}), TimeLeft{}); }

TEST(TimeLeft, IsSaidAsPreciselyAsItIsKnown) {
  EXPECT_EQ(left_text(TimeLeft{minutes(9), minutes(12), minutes(20)}), "about 12 min left (9–20 min)");
  EXPECT_EQ(left_text(TimeLeft{minutes(11), minutes(12), minutes(20)}), "about 12 min left (11–20 min)");
  EXPECT_EQ(left_text(TimeLeft{seconds(48), seconds(70), minutes(3)}), "about 70 s left (50 s–3 min)");
  EXPECT_EQ(left_text(TimeLeft{hours(2), minutes(150), hours(4)}), "about 2.5 h left (2–4 h)");
  EXPECT_EQ(left_text(TimeLeft{hours(30), hours(60), hours(100)}), "about 2.5 days left (30 h–4 days)");
  EXPECT_EQ(left_text(TimeLeft{seconds(4), seconds(4), seconds(4)}), "about 4 s left");
  EXPECT_EQ(left_text(TimeLeft{milliseconds(3), milliseconds(6), milliseconds(9)}), "about 1 s left")
      << "no forecast is as good as a millisecond";
  EXPECT_EQ(left_text({}), "no forecast yet");
}

}  // namespace
}  // namespace fanout
