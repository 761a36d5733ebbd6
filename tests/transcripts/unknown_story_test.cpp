// Vendors that tell nobody what they bear, met by the whole engine.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "transcripts/configurations.h"
#include "transcripts/story.h"

namespace fanout {
namespace {

using std::chrono::minutes;

// Allows so many in any second.
struct Second {
  std::size_t limit;
  std::deque<microseconds> seen{};

  bool refuses(microseconds now) {
    while (!seen.empty() && seen.front() <= now - seconds(1)) seen.pop_front();
    if (seen.size() >= limit) return true;
    seen.push_back(now);
    return false;
  }
};

TEST(UnknownStory, ALimitOfFiftyASecondIsFoundAndKept) {
  Second limit{50};
  Story* there = nullptr;
  int refused = 0;
  Story story(vendor("concurrency = 16\nadaptive = true\n") + fan("p"), [&](const std::string& target) {
    if (limit.refuses(there->now())) {
      ++refused;
      return reply(429);
    }
    return reply(200, target == "/p" ? list_of(6000) : "{}");
  });
  there = &story;
  ASSERT_TRUE(story.harvest(minutes(5)));
  EXPECT_LE(refused, 60) << "one in a hundred";
  EXPECT_LE(story.now(), seconds(170))
      << "6,001 at 50 a second take two minutes, and finding it a quarter of one";
}

TEST(UnknownStory, WhatWasFoundOutlivesARunButForHalfOfIt) {
  Story story(vendor("concurrency = 16\nadaptive = true\n") + fan("p"),
              [](const std::string& target) { return reply(200, target == "/p" ? list_of(300) : "{}"); });
  ASSERT_TRUE(story.harvest(minutes(5)));
  EXPECT_GT(
      std::stod(story.shell("SELECT state->>'$.adaptive.rate' FROM limiter WHERE subject = 'vendor/v'")),
      4000)
      << "thousandths of a request a second";
}

}  // namespace
}  // namespace fanout
