#include "limit/latency.h"

#include <gtest/gtest.h>

#include <random>

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
  EXPECT_EQ(latency.look(now), 1);
  answered(20, "a", 0.1);
  EXPECT_NEAR(latency.look(now), 1, 0.001);
  EXPECT_NEAR(latency.baseline().count(), 0.1, 0.001);
}

TEST_F(LatencyTest, SaysHowMuchLongerItTakes) {
  answered(20, "a", 0.1);
  latency.look(now);
  answered(20, "a", 0.2);
  EXPECT_NEAR(latency.look(now), 2, 0.1);
}

TEST_F(LatencyTest, ComparesEachLevelWithItselfAlone) {
  answered(20, "fast", 0.01);
  answered(20, "slow", 1);
  latency.look(now);
  answered(20, "slow", 1);
  EXPECT_NEAR(latency.look(now), 1, 0.001) << "slow lists are no sign of load";
}

TEST_F(LatencyTest, TakesNoChanceForLoad) {
  std::mt19937_64 random(1);
  std::exponential_distribution<> took(1 / 0.02);
  int longer = 0;
  for (int i = 0; i < 500; ++i) {
    for (int j = 0; j < 20; ++j) latency.answered("a", Took(took(random)), now += milliseconds(50));
    longer += latency.look(now) > 1.5 ? 1 : 0;
  }
  EXPECT_LE(longer, 5) << "of 500 looks at a vendor whose times are of every length";
  EXPECT_NEAR(latency.baseline().count(), 0.02, 0.006);
}

TEST_F(LatencyTest, LetsTheBaselineDriftNoFasterThanATwentiethInFiveMinutes) {
  answered(20, "a", 0.1);
  latency.look(now);
  double longer = 0;
  for (int i = 0; i < 180; ++i) {  // half an hour under load
    answered(10, "a", 0.3);
    longer = latency.look(now);
  }
  EXPECT_LE(latency.baseline().count(), 0.1 * 1.37);
  EXPECT_GE(longer, 2);
}

TEST_F(LatencyTest, TakesAFasterVendorAtOnce) {
  answered(20, "a", 0.1);
  latency.look(now);
  answered(20, "a", 0.05);
  latency.look(now);
  EXPECT_NEAR(latency.baseline().count(), 0.05, 0.001);
}

}  // namespace
}  // namespace fanout
