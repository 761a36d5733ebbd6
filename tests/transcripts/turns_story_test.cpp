// Two pipelines of one vendor: whose turn it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "transcripts/configurations.h"
#include "transcripts/story.h"

namespace fanout {
namespace {

using std::chrono::minutes;
using testing::Contains;
using testing::HasSubstr;

// "q" lists so many that it never ends meanwhile.
Story::Answer both_list(int of_p, int of_q = 50'000) {
  return [=](const std::string& target) {
    return reply(200, target == "/p" ? list_of(of_p) : target == "/q" ? list_of(of_q) : "{}");
  };
}

void start_both(Story& story) {
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'q'), ('start', 'p')");
}

// Until p is done; in seconds.
double time_of_p(Story& story) {
  while (story.shell("SELECT count(*) FROM run WHERE pipeline = 'p' AND finished_at IS NOT NULL") == "0" &&
         story.now() < minutes(30))
    story.pass(seconds(1));
  return std::chrono::duration<double>(story.now()).count();
}

std::int64_t asked(const Story& story, const std::string& prefix) {
  return std::ranges::count_if(story.asked(), [&](const std::string& line) {
    return line.substr(line.find(' ') + 1).starts_with(prefix);
  });
}

const std::string kTwentyASecond = vendor("rate = \"20/1s\"\n");

double share_of_p(const std::string& priority) {
  Story story(kTwentyASecond + fan("p", "priority = \"" + priority + "\"\n") + fan("q"), both_list(50'000));
  start_both(story);
  story.pass(minutes(2));
  const auto p = static_cast<double>(asked(story, "/p/")), q = static_cast<double>(asked(story, "/q/"));
  return p / (p + q);
}

TEST(TurnsStory, AHighPriorityHasTenTimesTheTurns) { EXPECT_NEAR(share_of_p("high"), 10.0 / 11, 0.02); }

TEST(TurnsStory, ALowPriorityStillHasSome) { EXPECT_NEAR(share_of_p("low"), 1.0 / 11, 0.02); }

// 3,600 at half of twenty a second take six minutes, and at all of them three.
TEST(TurnsStory, ADeadlineThatWouldBeMissedIsKept) {
  Story calm(kTwentyASecond + fan("p") + fan("q"), both_list(3600));
  start_both(calm);
  EXPECT_NEAR(time_of_p(calm), 361, 5);
  Story urgent(kTwentyASecond + fan("p", "deadline = \"00:05\"\n") + fan("q"), both_list(3600));
  start_both(urgent);
  EXPECT_LT(time_of_p(urgent), 300);
  EXPECT_GT(asked(urgent, "/q/"), 600) << "it takes no more than it needs";
}

TEST(TurnsStory, ADeadlineThatCannotBeKeptIsSaidEarly) {
  Story story(kTwentyASecond + fan("p", "deadline = \"00:05\"\n") + fan("q"), both_list(20'000));
  start_both(story);
  story.pass(minutes(1));
  EXPECT_THAT(story.log(), Contains(HasSubstr("will not finish before its deadline, 2026-11-26T00:05Z")));
}

// Alone at half the rate a hundred take ten seconds.
TEST(TurnsStory, AMillionTasksDoNotStarveAHundred) {
  Story story(kTwentyASecond + fan("p") + fan("q"), both_list(100, 1));
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'q')");
  story.pass(seconds(1));
  story.shell(
      "INSERT INTO task (run, level, depth, parent, scope, key, parents) WITH RECURSIVE n(i) AS (SELECT 2 "
      "UNION ALL "
      "SELECT i + 1 FROM n WHERE i < 1000000) SELECT 1, 'b', 1, 1, 1, i, '{\"a\":' || i || '}' FROM n");
  story.pass(seconds(5));
  ASSERT_GT(asked(story, "/q/"), 50) << "it is under way";
  const auto before = story.now();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  EXPECT_LT(time_of_p(story) - std::chrono::duration<double>(before).count(), 20) << "at most twice that";
}

// Half of twenty a second is two of five.
TEST(TurnsStory, WhatCostsMuchIsNotPassedOverByWhatCostsLittle) {
  Story story(kTwentyASecond + pipeline("p", "", "items = \"$\"\n") +
                  "[[pipeline.p.level]]\nname = \"b\"\nparent = \"a\"\npath = \"/p/{a}\"\ncost = 5\n" +
                  fan("q"),
              both_list(2000));
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'q')");
  story.pass(seconds(10));
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  story.pass(minutes(2));
  EXPECT_NEAR(static_cast<double>(asked(story, "/p/")), 240, 12);
  EXPECT_NEAR(static_cast<double>(asked(story, "/q/")), 200 + 1200, 40);
}

}  // namespace
}  // namespace fanout
