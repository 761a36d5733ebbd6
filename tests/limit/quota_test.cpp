#include "limit/quota.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

using std::chrono::minutes;

class QuotaTest : public testing::Test {
 protected:
  static MonoTime at(milliseconds time) { return MonoTime{} + time; }
  // One answer each `apart` from then on; says when the next would be.
  milliseconds answered(int count, milliseconds from, milliseconds apart) {
    for (int i = 0; i < count; ++i, from += apart) quota.well(at(from), at(from));
    return from;
  }

  Quota quota;
};

TEST_F(QuotaTest, LearnsNothingFromARefusalThatPassesAtOnce) {
  answered(50, seconds(0), milliseconds(20));
  EXPECT_TRUE(quota.refused(at(seconds(1)), at(seconds(1))));
  EXPECT_TRUE(quota.is_blocked());
  answered(1, seconds(2), {});
  EXPECT_FALSE(quota.is_blocked());
  EXPECT_FALSE(quota.rate());
}

TEST_F(QuotaTest, LearnsTheWindowFromHowLongItIsRefused) {
  answered(300, seconds(0), milliseconds(50));  // in 15 s
  EXPECT_TRUE(quota.refused(at(seconds(15)), at(seconds(15))));
  EXPECT_FALSE(quota.refused(at(seconds(40)), at(seconds(40)))) << "it goes on";
  answered(1, seconds(61), {});
  ASSERT_TRUE(quota.rate());
  EXPECT_NEAR(*quota.rate(), 5, 0.1) << "300 in a minute";
}

TEST_F(QuotaTest, CountsFromWhenItWasLetGoLast) {
  answered(300, seconds(0), milliseconds(50));
  quota.refused(at(seconds(15)), at(seconds(15)));
  quota.refused(at(seconds(40)), at(seconds(40)));
  answered(200, seconds(61), milliseconds(50));
  quota.refused(at(seconds(71)), at(seconds(71)));
  quota.refused(at(seconds(100)), at(seconds(100)));
  answered(1, seconds(121), {});
  EXPECT_NEAR(*quota.rate(), 200 / 60.0, 0.1);
}

TEST_F(QuotaTest, IsTriedALittleHigherAfterTenWindowsWithoutARefusal) {
  answered(300, seconds(0), milliseconds(50));
  quota.refused(at(seconds(15)), at(seconds(15)));
  quota.refused(at(seconds(40)), at(seconds(40)));
  answered(1, seconds(61), {});
  const double before = *quota.rate();
  answered(2, minutes(8), minutes(4));
  EXPECT_NEAR(*quota.rate() / before, 1.02, 0.001);
}

TEST_F(QuotaTest, LeavesTheVendorAloneForAQuarterOfHowLongItHasRefused) {
  quota.refused(at(seconds(0)), at(seconds(0)));
  EXPECT_EQ(quota.quiet(at(seconds(0))), seconds(1));
  EXPECT_EQ(quota.quiet(at(seconds(40))), seconds(10));
  EXPECT_EQ(quota.quiet(at(minutes(60))), minutes(5)) << "and never for longer";
}

TEST_F(QuotaTest, SurvivesARestart) {
  quota.restore({300, minutes(1)});
  Quota later;
  later.restore(quota.state());
  EXPECT_EQ(later.rate(), quota.rate());
}

}  // namespace
}  // namespace fanout
