#include "limit/fair_share.h"

#include <gtest/gtest.h>

#include <map>

namespace fanout {
namespace {

using Names = std::vector<std::string>;

std::map<std::string, int> turns(FairShare& share, const Names& names, int times, int cost = 1) {
  std::map<std::string, int> turns;
  for (int i = 0; i < times; ++i) {
    const auto next = share.pick(names);
    share.charge(*next, cost);
    ++turns[*next];
  }
  return turns;
}

TEST(FairShare, HasNoTurnForNobody) { EXPECT_EQ(FairShare().pick({}), std::nullopt); }

TEST(FairShare, GivesTurnsByWeight) {
  FairShare share;
  share.set("a", 3);
  share.set("b", 1);
  EXPECT_EQ(turns(share, {"a", "b"}, 400), (std::map<std::string, int>{{"a", 300}, {"b", 100}}));
}

TEST(FairShare, TakesTurnsAtEqualWeight) {
  FairShare share;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(turns(share, {"a", "b", "c"}, 3).size(), 3U) << i;
}

TEST(FairShare, GivesNoCreditForAbsence) {
  FairShare share;
  turns(share, {"a", "b"}, 10);
  turns(share, {"a"}, 1000);
  EXPECT_LE(turns(share, {"a", "b"}, 20)["b"], 11) << "it was away";
  EXPECT_LE(turns(share, {"a", "b", "new"}, 30)["new"], 11) << "it is new";
  EXPECT_GE(turns(share, {"a", "b", "new"}, 30)["new"], 9);
}

TEST(FairShare, CountsTheCost) {
  FairShare share;
  int dear = 0, cheap = 0;
  for (int i = 0; i < 1100; ++i) {
    const auto next = share.pick({"cheap", "dear"});
    share.charge(*next, *next == "dear" ? 10 : 1);
    ++(*next == "dear" ? dear : cheap);
  }
  EXPECT_NEAR(cheap, 1000, 10);
  EXPECT_NEAR(dear, 100, 10);
}

TEST(FairShare, BearsAnyWeightAndCost) {
  FairShare share;
  share.set("a", 0);
  share.set("b", -5);
  EXPECT_EQ(turns(share, {"a", "b"}, 10), (std::map<std::string, int>{{"a", 5}, {"b", 5}}));
  share.charge("a", -1);
  EXPECT_TRUE(share.pick({"a"}));
}

}  // namespace
}  // namespace fanout
