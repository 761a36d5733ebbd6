#include "reply/told_mapping.h"

#include <gtest/gtest.h>

#include <ostream>

#include "reply/read_case.h"

namespace fanout {
namespace {

// Shopify's GraphQL, which tells in the body only: 1000 at most, 997 left, 50 come back in a second.
constexpr const char* kGraphQlBody = R"({"data":{},"extensions":{"cost":{"throttleStatus":
  {"maximumAvailable":1000.0,"currentlyAvailable":997,"restoreRate":50.0}}}})";
const ToldSpec kGraphQl{"body->>'$.extensions.cost.throttleStatus.maximumAvailable'",
                        "body->>'$.extensions.cost.throttleStatus.currentlyAvailable'",
                        "(body->>'$.extensions.cost.throttleStatus.maximumAvailable' - "
                        "body->>'$.extensions.cost.throttleStatus.currentlyAvailable') / "
                        "body->>'$.extensions.cost.throttleStatus.restoreRate'",
                        ""};

ToldLimits told_in(ReadCase& reply, const ToldSpec& spec) {
  reply.pipeline.told = spec;
  reply.level().items.reset();
  return reply.read().told;
}

TEST(ToldMapping, ReadsALimitThatOnlyTheBodyTells) {
  ReadCase reply(kGraphQlBody);
  const auto told = told_in(reply, kGraphQl);
  ASSERT_EQ(told.limits.size(), 1U);
  EXPECT_EQ(told.limits[0].limit, 1000);
  EXPECT_EQ(told.limits[0].remaining, 997);
  EXPECT_EQ(told.limits[0].reset_in, milliseconds(60));
  EXPECT_FALSE(told.limits[0].window);
}

TEST(ToldMapping, ReadsHeadersThatNobodyKnows) {
  ReadCase reply;
  reply.reply.headers = {{"x-most", "40"}, {"x-left", "39"}, {"x-wait", "1500"}, {"x-per", "minute"}};
  const auto told = told_in(
      reply, {"header('X-Most')", "header('X-Left')", "header('X-Wait') / 1000.0", "header('X-Per')"});
  ASSERT_EQ(told.limits.size(), 1U);
  EXPECT_EQ(told.limits[0].limit, 40);
  EXPECT_EQ(told.limits[0].remaining, 39);
  EXPECT_EQ(told.limits[0].reset_in, milliseconds(1500));
  EXPECT_EQ(told.limits[0].window, seconds(60));
}

TEST(ToldMapping, GoesBeforeTheHeadersThatAreKnownButRetryAfterStays) {
  ReadCase reply("{}", 429);
  reply.reply.headers = {
      {"x-rate-limit-remaining", "0"}, {"x-rate-limit-reset", "1000"}, {"retry-after", "9"}};
  auto told =
      told_in(reply, {"", "header('X-Rate-Limit-Remaining')", "header('X-Rate-Limit-Reset') / 1000.0", ""});
  ASSERT_EQ(told.limits.size(), 1U);
  EXPECT_EQ(told.limits[0].reset_in, seconds(1)) << "this vendor means milliseconds";
  EXPECT_EQ(told.retry_after, seconds(9));
  EXPECT_EQ(reply.read().facts.retry_after, seconds(9));
  reply.reply.headers.pop_back();
  EXPECT_EQ(reply.read().facts.retry_after, seconds(1));
}

TEST(ToldMapping, WhatAReplyDoesNotTellIsNotTold) {
  ReadCase page("<html>");
  const auto told = told_in(page, kGraphQl);
  EXPECT_TRUE(told.limits.empty());
  EXPECT_TRUE(told.nonsense.empty());
}

TEST(ToldMapping, NonsenseIsCountedHereToo) {
  ReadCase reply(R"({"left":"a few"})");
  const auto told = told_in(reply, {"", "body->>'$.left'", "", ""});
  ASSERT_EQ(told.nonsense.size(), 1U);
  EXPECT_EQ(told.nonsense[0].text, "told.remaining: a few");
}

struct ToldCost {
  const char* about;
  const char* value;  // in the body, as JSON
  std::optional<int> cost;
  bool nonsense;
};

void PrintTo(const ToldCost& cost, std::ostream* out) { *out << cost.about; }

class ToldMappingOfCost : public testing::TestWithParam<ToldCost> {};

TEST_P(ToldMappingOfCost, IsTakenOrNonsense) {
  ReadCase reply(std::string(R"({"cost":)") + GetParam().value + "}");
  ToldSpec spec;
  spec.cost = "body->>'$.cost'";
  const auto told = told_in(reply, spec);
  EXPECT_EQ(told.cost, GetParam().cost);
  ASSERT_EQ(told.nonsense.size(), GetParam().nonsense ? 1U : 0U);
  if (GetParam().nonsense) {
    EXPECT_EQ(told.nonsense[0].of, Nonsense::Of::cost);
  }
}

INSTANTIATE_TEST_SUITE_P(ToldMapping, ToldMappingOfCost,
                         testing::Values(ToldCost{"AWholeNumber", "12", 12, false},
                                         ToldCost{"AFraction", "12.5", 13, false},
                                         ToldCost{"AText", R"("12")", 12, false},
                                         ToldCost{"Nothing", "0", 0, false},
                                         ToldCost{"Null", "null", std::nullopt, false},
                                         ToldCost{"AnEmptyText", R"("")", std::nullopt, false},
                                         ToldCost{"AWord", R"("lots")", std::nullopt, true},
                                         ToldCost{"LessThanNothing", "-7", std::nullopt, true},
                                         ToldCost{"TooMuch", "1e18", std::nullopt, true},
                                         ToldCost{"NoNumber", R"("nan")", std::nullopt, true},
                                         ToldCost{"AUnit", R"("12 points")", std::nullopt, true}),
                         [](const auto& each) { return each.param.about; });

}  // namespace
}  // namespace fanout
