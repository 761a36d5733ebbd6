// Vendors that tell of their limits, and nobody configured any.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "transcripts/configurations.h"
#include "transcripts/story.h"

namespace fanout {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::Each;
using testing::HasSubstr;

constexpr const char* kBelow = "[[pipeline.p.level]]\nname = \"b\"\nparent = \"a\"\npath = \"/p/{a}\"\n";

// A vendor that allows so many in each minute of its clock, and counts.
struct Minute {
  int limit;
  int used = 0;
  std::int64_t minute = -1;

  int ask(microseconds now) {
    if (minute != now / minutes(1)) used = 0;
    minute = now / minutes(1);
    return ++used > limit ? -1 : limit - used;
  }
  std::int64_t resets_in(microseconds now) const {
    return std::chrono::ceil<seconds>(minutes(minute + 1) - now).count();
  }
};

TEST(ToldStory, WhatRemainsIsKeptToWithoutOneRefusal) {
  Minute limit{50};
  Story* told = nullptr;
  Story story(vendor("concurrency = 8\n") + fan("p"), [&](const std::string& target) {
    const int left = limit.ask(told->now());
    return reply(left < 0 ? 429 : 200, target == "/p" ? list_of(200) : "{}",
                 {{"ratelimit-limit", "50"},
                  {"ratelimit-remaining", std::to_string(std::max(left, 0))},
                  {"ratelimit-reset", std::to_string(limit.resets_in(told->now()))}});
  });
  told = &story;
  ASSERT_TRUE(story.harvest(minutes(6)));
  EXPECT_EQ(story.asked().size(), 201U);
  EXPECT_THAT(story.asked(), Each(HasSubstr(" 200")));
  EXPECT_LT(story.now(), minutes(5)) << "201 at 50 a minute";
}

TEST(ToldStory, WhatOnlyTheBodyTellsIsKeptToWhereItIsConfigured) {
  Minute limit{50};
  Story* told = nullptr;
  const std::string mapping =
      "told = { remaining = \"body->>'$.left'\", reset = \"body->>'$.wait_ms' / 1000.0\" }\n";
  Story story(vendor("concurrency = 8\n" + mapping) + pipeline("p", "", "items = \"$.items\"\n") + kBelow,
              [&](const std::string& target) {
                const int left = limit.ask(told->now());
                return reply(left < 0 ? 429 : 200,
                             fmt::format(R"({{"items":{},"left":{},"wait_ms":{}}})",
                                         target == "/p" ? list_of(120) : "[]", std::max(left, 0),
                                         1000 * limit.resets_in(told->now())));
              });
  told = &story;
  ASSERT_TRUE(story.harvest(minutes(6)));
  EXPECT_EQ(story.asked().size(), 121U);
  EXPECT_THAT(story.asked(), Each(HasSubstr(" 200")));
}

TEST(ToldStory, ALimitWithItsWindowPacesLikeARate) {
  Story story(vendor("concurrency = 8\n") + fan("p"), [](const std::string& target) {
    return reply(200, target == "/p" ? list_of(100) : "{}",
                 {{"x-rate-limit-limit", "20"}, {"x-rate-limit-window", "10s"}});
  });
  ASSERT_TRUE(story.harvest(minutes(3)));
  EXPECT_GE(story.now(), seconds(48));
  EXPECT_LE(story.now(), seconds(60));
}

TEST(ToldStory, AVendorThatAlwaysSaysThatNothingRemainsIsHarvestedAllTheSame) {
  Story story(vendor("concurrency = 8\n") + fan("p"), [](const std::string& target) {
    return reply(200, target == "/p" ? list_of(100) : "{}",
                 {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset-after", "3600"}});
  });
  ASSERT_TRUE(story.harvest(hours(5)));
  EXPECT_EQ(story.asked().size(), 101U);
  EXPECT_GE(story.now(), hours(3)) << "it was believed at first";
}

TEST(ToldStory, NonsenseIsSaidOnceAndHoldsUpNothing) {
  Story story(vendor("concurrency = 8\n") + fan("p"), [](const std::string& target) {
    return reply(200, target == "/p" ? list_of(100) : "{}",
                 {{"x-ratelimit-remaining", "-7"}, {"x-ratelimit-reset", "9223372036854775808"}});
  });
  ASSERT_TRUE(story.harvest(minutes(1)));
  int said = 0;
  for (const auto& line : story.log()) said += line.find("that can be understood") != std::string::npos;
  EXPECT_EQ(said, 2) << testing::PrintToString(story.log());
}

// As a GraphQL vendor has it: 1,000 points a minute, and a request's points are known by its reply.
TEST(ToldStory, WhatARequestCostsIsLearnedFromItsReply) {
  Story story(vendor("rate = \"1000/1m\"\ntold = { cost = \"body->>'$.cost.actual'\" }\n") + fan("p"),
              [](const std::string& target) {
                return reply(200, target == "/p" ? list_of(300) : R"({"cost":{"actual":19.5}})");
              });
  ASSERT_TRUE(story.harvest(std::chrono::minutes(10)));
  EXPECT_GT(story.now(), std::chrono::seconds(300))
      << "300 of 20 points are six minutes, less the first one's window";
  EXPECT_LT(story.now(), std::chrono::minutes(7));
  EXPECT_LE(story.asked().size(), 302U);
}

}  // namespace
}  // namespace fanout
