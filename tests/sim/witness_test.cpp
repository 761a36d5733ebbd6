#include "sim/witness.h"

#include <gtest/gtest.h>

namespace fanout::sim {
namespace {

class WitnessTest : public testing::Test {
 protected:
  WitnessTest() {
    VendorPlan plan;
    plan.concurrency = 2;
    plan.rates = {{3, milliseconds(1000)}};
    witness_.promise(plan);
  }
  void arrive_at(milliseconds at) {
    timeline_.at(at, [this] { witness_.arrived(); });
    timeline_.step();
    witness_.left();
  }
  Timeline timeline_;
  Journal journal_{timeline_, {}};
  Witness witness_{"v", timeline_, journal_};
};

TEST_F(WitnessTest, FindsNothingWhereAWindowIsJustFull) {
  for (const int at : {0, 500, 999, 1000, 1500, 1999}) arrive_at(milliseconds(at));
  EXPECT_EQ(journal_.finding(), std::nullopt);
}

TEST_F(WitnessTest, FindsOneTooManyInAWindowWhereverItBegins) {
  for (const int at : {700, 800, 900, 1699}) arrive_at(milliseconds(at));
  EXPECT_NE(journal_.finding(), std::nullopt);
}

TEST_F(WitnessTest, FindsOneTooManyAtOnce) {
  witness_.arrived();
  witness_.arrived();
  EXPECT_EQ(journal_.finding(), std::nullopt);
  witness_.arrived();
  EXPECT_NE(journal_.finding(), std::nullopt);
}

TEST_F(WitnessTest, FindsWhoAsksDuringAHold) {
  witness_.quiet(seconds(5), 10);
  witness_.asked(10, "it was on its way");
  EXPECT_EQ(journal_.finding(), std::nullopt);
  witness_.asked(11, "it was not");
  EXPECT_NE(journal_.finding(), std::nullopt);
}

TEST_F(WitnessTest, FindsMoreThanProbesWhileTheVendorIsDown) {
  witness_.down(seconds(300));
  for (int i = 0; i < 25; ++i) witness_.attempted();
  EXPECT_EQ(journal_.finding(), std::nullopt);
  for (int i = 0; i < 25; ++i) witness_.attempted();
  EXPECT_NE(journal_.finding(), std::nullopt);
}

}  // namespace
}  // namespace fanout::sim
