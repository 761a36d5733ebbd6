#include "harvest/sampling.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "support/configured.h"
#include "transcripts/configurations.h"

namespace fanout {
namespace {

// Levels a, b and c, each below the one before.
std::string three_levels() {
  return vendor("") + fan("p") +
         "items = \"$\"\n[[pipeline.p.level]]\nname = \"c\"\nparent = \"b\"\npath = \"/c/{b}\"\n";
}

std::vector<Seed> seeds(const std::string& level, int count) {
  std::vector<Seed> seeds;
  for (int i = 0; i < count; ++i) {
    Seed seed;
    seed.level = level;
    seed.key = std::to_string(i);
    seeds.push_back(std::move(seed));
  }
  return seeds;
}

class SamplingTest : public testing::Test {
 protected:
  Sampling of(int most) const { return {config->pipelines.at("p"), most}; }

  std::shared_ptr<const Config> config = config_of(three_levels());
};

TEST_F(SamplingTest, SpreadsItsRequestsOverTheLevels) {
  auto sampling = of(41);
  EXPECT_EQ(sampling.chosen("a", seeds("b", 1000)).size(), 20U) << "half of those that are left";
  std::size_t below = 0;
  for (int i = 0; i < 20; ++i) below += sampling.chosen("b", seeds("c", 1000)).size();
  EXPECT_EQ(below, 20U);
  EXPECT_EQ(sampling.requests(), 41);
}

TEST_F(SamplingTest, AsksBranchesAllOverAList) {
  auto sampling = of(9);
  std::vector<std::string> keys;
  for (const auto& seed : sampling.chosen("a", seeds("b", 100))) keys.push_back(seed.key);
  EXPECT_EQ(keys, (std::vector<std::string>{"12", "37", "62", "87"}));
}

TEST_F(SamplingTest, WhatAShortLevelLeavesOverGoesToThoseBelow) {
  auto sampling = of(41);
  EXPECT_EQ(sampling.chosen("a", seeds("b", 2)).size(), 2U);
  EXPECT_EQ(sampling.chosen("b", seeds("c", 100)).size(), 19U);
  EXPECT_EQ(sampling.chosen("b", seeds("c", 100)).size(), 19U);
}

TEST_F(SamplingTest, WhatABranchLeavesOverGoesToTheOthers) {
  auto sampling = of(41);
  sampling.chosen("a", seeds("b", 2));
  EXPECT_EQ(sampling.chosen("b", seeds("c", 1)).size(), 1U);
  EXPECT_EQ(sampling.chosen("b", seeds("c", 100)).size(), 37U);
}

TEST_F(SamplingTest, FurtherPagesAreSomeOfItToo) {
  auto sampling = of(41);
  auto listed = seeds("a", 500);
  for (auto& seed : seeds("b", 500)) listed.push_back(std::move(seed));
  std::map<std::string, int> of_level;
  for (const auto& seed : sampling.chosen("a", std::move(listed))) ++of_level[seed.level];
  EXPECT_EQ(of_level, (std::map<std::string, int>{{"a", 13}, {"b", 13}})) << "and as many for level c";
}

Seed page(int number) {
  Seed seed;
  seed.level = "a";
  seed.list = 1;
  seed.page = number;
  return seed;
}

// A newcomer's list of three pages: each told of those behind it, and the first of them took all the
// requests.
TEST_F(SamplingTest, APageThatIsListedAgainIsNotPlannedAgain) {
  auto sampling = of(41);
  EXPECT_EQ(sampling.chosen("a", {page(2), page(3)}).size(), 2U);
  EXPECT_TRUE(sampling.chosen("a", {page(3)}).empty());
  EXPECT_EQ(sampling.requests(), 3);
}

TEST_F(SamplingTest, TheFirstBranchesOfAPagedListLeaveRequestsForThoseOfLaterPages) {
  auto sampling = of(80);
  auto first = seeds("b", 3);
  first.push_back(page(2));
  first.push_back(page(3));
  EXPECT_EQ(sampling.chosen("a", first).size(), 5U);
  for (int i = 0; i < 3; ++i) sampling.chosen("b", seeds("c", 100));
  EXPECT_EQ(sampling.chosen("a", seeds("b", 3)).size(), 3U);
  EXPECT_EQ(sampling.chosen("a", seeds("b", 2)).size(), 2U);
  EXPECT_GE(sampling.chosen("b", seeds("c", 100)).size(), 1U);
}

TEST_F(SamplingTest, SaysOfWhichLevelsSomeFailed) {
  auto sampling = of(10);
  sampling.answered("a");
  sampling.failed("b", "HTTP 404");
  sampling.failed("b", "HTTP 500");
  EXPECT_EQ(sampling.failures(), 2);
  EXPECT_EQ(sampling.failures_text(), R"({"b":{"answered":0,"failed":2,"last":"HTTP 500"}})");
}

TEST_F(SamplingTest, NeverPlansMoreThanItMay) {
  for (int most = 1; most <= 60; ++most) {
    auto sampling = of(most);
    int requests = 1;
    auto open = sampling.chosen("a", seeds("b", 7));
    requests += static_cast<int>(open.size());
    for (std::size_t i = 0; i < open.size(); ++i)
      requests += static_cast<int>(sampling.chosen("b", seeds("c", 5)).size());
    EXPECT_LE(requests, most);
    EXPECT_EQ(requests, sampling.requests());
    EXPECT_GE(requests, std::min(most, 1 + 7 + 35) - 7) << "and hardly less, with " << most;
  }
}

TEST_F(SamplingTest, ARequestThatIsSentAgainIsOneOfThem) {
  auto sampling = of(3);
  EXPECT_TRUE(sampling.one_more());
  EXPECT_TRUE(sampling.one_more());
  EXPECT_FALSE(sampling.one_more());
  EXPECT_TRUE(sampling.chosen("a", seeds("b", 10)).empty());
  EXPECT_EQ(sampling.requests(), 3);
}

}  // namespace
}  // namespace fanout
