#include "limit/latency.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

using Took = Latency::Seconds;

class LatencyTest : public testing::Test {
 protected:
  // So many replies, a second apart.
  void answered(int count, const char* level, double took) {
    for (int i = 0; i < count; ++i) latency.answered(level, Took(took), now += seconds(1));
  }

  Latency latency;
  MonoTime now{};
};

TEST_F(LatencyTest, IsOneWithLittleToDo) {
  EXPECT_EQ(latency.gradient(), 1);
  answered(20, "a", 0.1);
  EXPECT_NEAR(latency.gradient(), 1, 0.001);
  EXPECT_NEAR(latency.baseline().count(), 0.1, 0.001);
}

TEST_F(LatencyTest, SaysHowMuchLongerItTakes) {
  answered(20, "a", 0.1);
  latency.looked();
  answered(40, "a", 0.2);
  EXPECT_NEAR(latency.gradient(), 2, 0.1);
}

TEST_F(LatencyTest, ComparesEachLevelWithItselfAlone) {
  answered(20, "fast", 0.01);
  answered(20, "slow", 1);
  EXPECT_NEAR(latency.gradient(), 1, 0.001) << "slow lists are no sign of load";
}

TEST_F(LatencyTest, LetsTheBaselineDriftNoFasterThanATwentiethInFiveMinutes) {
  answered(20, "a", 0.1);
  answered(30 * 60, "a", 0.3);  // half an hour under load
  EXPECT_LE(latency.baseline().count(), 0.1 * 1.35);
  EXPECT_GE(latency.gradient(), 2);
}

TEST_F(LatencyTest, TakesAFasterVendorAtOnce) {
  answered(20, "a", 0.1);
  answered(60, "a", 0.05);
  EXPECT_NEAR(latency.baseline().count(), 0.05, 0.005);
}

}  // namespace
}  // namespace fanout
