#include "forecast/growth.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

const LevelTree kTree = {{"troop", -1}, {"warrior", 0}, {"data", 1}};

// So many tasks of a level, each of which lists so many of the next.
void see(Sample& sample, int level, int tasks, std::int64_t children) {
  for (int i = 0; i < tasks; ++i) {
    sample.add({level, false, 0,
                children == 0 ? std::vector<Settled::Children>{}
                              : std::vector{Settled::Children{level + 1, children}}});
  }
}

TEST(Growth, IsWhatIsOpenWhereNothingIsListedBelow) {
  Sample sample(3);
  see(sample, 0, 1, 10);
  see(sample, 1, 10, 5);
  const auto growth = growth_of(kTree, {{1, 0}, {10, 0}, {0, 50}}, sample, {});
  ASSERT_TRUE(growth);
  EXPECT_EQ(growth->median, 50);
  EXPECT_EQ(growth->spread, 0) << "nothing can be otherwise";
}

TEST(Growth, GoesDownTheTree) {
  Sample sample(3);
  see(sample, 0, 1, 100);
  see(sample, 1, 50, 5);
  const auto growth = growth_of(kTree, {{1, 0}, {50, 50}, {0, 250}}, sample, {});
  ASSERT_TRUE(growth);
  EXPECT_DOUBLE_EQ(growth->to_come[1], 50);
  EXPECT_DOUBLE_EQ(growth->to_come[2], 500) << "250 that are open, and five for each open warrior";
  EXPECT_GT(growth->spread, 0);
  EXPECT_GE(growth->low(), 300) << "what is open comes in any case";
}

TEST(Growth, SaysNothingOfALevelThatHasShownNothing) {
  Sample sample(3);
  see(sample, 0, 1, 100);
  EXPECT_FALSE(growth_of(kTree, {{1, 0}, {0, 100}, {0, 0}}, sample, {}));
}

TEST(Growth, GoesByEarlierRunsWhereThisOneHasShownNothing) {
  const History history{{{1, 200, 1000}}};
  const auto growth = growth_of(kTree, {{0, 1}, {0, 0}, {0, 0}}, Sample(3), history);
  ASSERT_TRUE(growth);
  EXPECT_NEAR(growth->median, 1201, 1);
  Sample sample(3);
  see(sample, 0, 1, 100);
  const auto later = growth_of(kTree, {{1, 0}, {0, 100}, {0, 0}}, sample, history);
  ASSERT_TRUE(later);
  EXPECT_NEAR(later->median, 600, 60) << "half as many warriors, five each as before";
}

TEST(Growth, GoesByEarlierRunsForTheLengthOfTheFirstList) {
  const auto growth = growth_of(kTree, {{0, 1}, {0, 0}, {0, 0}}, Sample(3), {{{3, 300, 1500}}});
  ASSERT_TRUE(growth);
  EXPECT_NEAR(growth->median, 1803, 1);
}

TEST(Growth, BelievesTheRunWhereItIsFarFromEarlierOnes) {
  Sample sample(3);
  see(sample, 0, 1, 1000);
  see(sample, 1, 500, 20);
  const auto growth = growth_of(kTree, {{1, 0}, {500, 500}, {9000, 1000}}, sample, {{{1, 1000, 5000}}});
  ASSERT_TRUE(growth);
  EXPECT_GT(growth->to_come[2], 8000) << "twenty each, not five";
}

TEST(Growth, IsLessSureTheMoreParentsDiffer) {
  Sample alike(3), different(3);
  for (auto* sample : {&alike, &different}) see(*sample, 0, 1, 200);
  see(alike, 1, 40, 5);
  see(different, 1, 38, 0);
  see(different, 1, 2, 100);
  const Counts counts = {{1, 0}, {40, 160}, {200, 0}};
  const auto sure = growth_of(kTree, counts, alike, {}), unsure = growth_of(kTree, counts, different, {});
  ASSERT_TRUE(sure);
  EXPECT_TRUE(!unsure || unsure->spread > 2 * sure->spread);
}

TEST(Growth, KnowsPagesThatTheFirstOneTellsOf) {
  const LevelTree tree = {{"list", -1}, {"item", 0}};
  Sample sample(2);
  sample.add({0, false, 9, {{1, 100}}});
  sample.add({0, true, 0, {{1, 100}}});
  const auto growth = growth_of(tree, {{2, 8}, {0, 200}}, sample, {});
  ASSERT_TRUE(growth);
  EXPECT_DOUBLE_EQ(growth->to_come[0], 8) << "a further page tells of none";
  EXPECT_DOUBLE_EQ(growth->to_come[1], 1000);
}

// Where the root's list has a second page, it is asked last.
TEST(Growth, ASecondPageIsNoEndlessList) {
  for (const bool told : {true, false}) {
    const LevelTree tree = {{"list", -1, told}, {"item", 0}};
    Sample sample(2);
    sample.add({0, false, 1, {{1, 10}}});
    const auto growth = growth_of(tree, {{1, 1}, {0, 10}}, sample, {});
    ASSERT_EQ(growth.has_value(), told) << "where it is not told, nobody knows how many follow";
    if (told) {
      EXPECT_DOUBLE_EQ(growth->median, 1 + 10 + 10);
    }
  }
}

TEST(Growth, ExpectsMoreOfAListWhosePagesComeOneAfterAnother) {
  const LevelTree tree = {{"list", -1}};
  Sample sample(1);
  sample.add({0, false, 1, {}});
  for (int i = 0; i < 30; ++i) sample.add({0, true, 1, {}});
  const auto growth = growth_of(tree, {{31, 1}}, sample, {});
  if (growth) {
    EXPECT_GT(growth->median, 10);
    EXPECT_GT(growth->high(), 3 * growth->low());
  }
}

TEST(Growth, CountsAnItemOnceThatManyListWhereItIsAskedOnce) {
  Sample sample(3);
  see(sample, 0, 1, 100);
  see(sample, 1, 50, 10);
  const auto growth = growth_of(kTree, {{1, 0}, {50, 50}, {100, 0}}, sample, {});
  ASSERT_TRUE(growth);
  EXPECT_NEAR(growth->to_come[2], 100, 1) << "500 were listed, and 100 of them were new";
}

}  // namespace
}  // namespace fanout
