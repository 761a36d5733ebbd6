#include "harvest/learned_costs.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

TEST(LearnedCosts, GoUpAtOnceAndDownSlowly) {
  LearnedCosts costs;
  EXPECT_FALSE(costs.of("a"));
  costs.saw("a", 10);
  EXPECT_EQ(costs.of("a"), 10);
  costs.saw("a", 50);
  EXPECT_EQ(costs.of("a"), 50);
  costs.saw("a", 10);
  EXPECT_EQ(costs.of("a"), 45);
  for (int i = 0; i < 100; ++i) costs.saw("a", 10);
  EXPECT_EQ(costs.of("a"), 11);
  EXPECT_FALSE(costs.of("b"));
}

TEST(LearnedCosts, AreSaidByLevel) {
  LearnedCosts costs;
  EXPECT_EQ(costs.text(), "");
  costs.saw("b", 12);
  costs.saw("a", 0);
  EXPECT_EQ(costs.text(), "a 1, b 12");
}

TEST(LearnedCosts, ARequestThatCostsNothingCountsAsOne) {
  LearnedCosts costs;
  costs.saw("a", 0);
  EXPECT_EQ(costs.of("a"), 1);
}

}  // namespace
}  // namespace fanout
