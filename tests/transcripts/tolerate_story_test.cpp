// A run of which more dies than is tolerated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transcripts/configurations.h"
#include "transcripts/story.h"

namespace fanout {
namespace {

using std::chrono::minutes;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

std::string order(Story& story, const std::string& command, const std::string& target) {
  story.shell("INSERT INTO control (command, target) VALUES ('" + command + "', '" + target + "')");
  story.pass(milliseconds(500));
  return story.shell("SELECT outcome FROM control ORDER BY id DESC LIMIT 1");
}

void run_for_a_minute(Story& story) {
  story.begin();
  order(story, "start", "p");
  story.pass(minutes(1));
}

// Every so-manyth of 1,000 is refused for good.
Story::Answer one_in(int many) {
  return [many](const std::string& target) {
    if (target == "/p") return reply(200, list_of(1000));
    return reply(std::stoi(target.substr(3)) % many == 0 ? 422 : 200);
  };
}

const std::string kHundredASecond = vendor("rate = \"100/1s\"\n");
const std::string kTolerates = "tolerate = \"2%\"\n";

TEST(TolerateStory, ARunOfWhichTooMuchDiesIsStopped) {
  Story story(kHundredASecond + fan("p", kTolerates), one_in(20));
  run_for_a_minute(story);
  EXPECT_LT(story.asked().size(), 150U) << "instead of a thousand";
  EXPECT_EQ(story.shell("SELECT state FROM progress"), "failed");
  EXPECT_THAT(story.shell("SELECT blocked FROM progress"),
              HasSubstr("settled tasks of level b are dead, more than tolerate = \"2%\""));
  EXPECT_THAT(story.log(), Contains(HasSubstr("go on with: fanoutctl resume run/1")));
  EXPECT_EQ(story.shell("SELECT sum(waiting + ready + leased + done + skipped + dead) FROM tally"), "1001")
      << "nothing of it is lost";
  EXPECT_EQ(story.shell("SELECT sum(leased) FROM tally"), "0");
}

TEST(TolerateStory, ItGoesOnWhenItIsTold) {
  Story story(kHundredASecond + fan("p", kTolerates), one_in(20));
  run_for_a_minute(story);
  EXPECT_EQ(order(story, "resume", "run/1"), "run/1 goes on");
  story.pass(minutes(1));
  EXPECT_EQ(story.shell("SELECT state FROM run"), "finished") << "and is not stopped again";
  EXPECT_EQ(story.shell("SELECT sum(done) FROM tally WHERE level = 'b'"), "950");
  EXPECT_EQ(story.shell("SELECT sum(dead) FROM tally WHERE level = 'b'"), "50");
  EXPECT_EQ(story.asked().size(), 1001U) << "each once";
  EXPECT_THAT(order(story, "resume", "run/1"), StartsWith("refused"));
  EXPECT_THAT(order(story, "resume", "run/x"), StartsWith("refused"));
}

TEST(TolerateStory, WhatIsToleratedStopsNothing) {
  Story story(kHundredASecond + fan("p", kTolerates), one_in(100));
  ASSERT_TRUE(story.harvest(minutes(1)));
  EXPECT_EQ(story.shell("SELECT state FROM run"), "finished");
}

TEST(TolerateStory, OfFewNobodyCanTell) {
  Story story(kHundredASecond + fan("p", kTolerates), [](const std::string& target) {
    return target == "/p" ? reply(200, list_of(40)) : reply(target == "/p/7" ? 422 : 200);
  });
  ASSERT_TRUE(story.harvest(minutes(1)));
  EXPECT_EQ(story.shell("SELECT state FROM run"), "finished") << "one of forty";
}

TEST(TolerateStory, WhereNoneIsToleratedTheFirstStopsIt) {
  Story story(kHundredASecond + fan("p", "tolerate = \"0%\"\n"), one_in(500));
  ASSERT_TRUE(story.harvest(minutes(1)));
  EXPECT_EQ(story.shell("SELECT state FROM progress"), "failed");
}

TEST(TolerateStory, ANewRunDoesNotWaitForOneThatWasStopped) {
  Story story(kHundredASecond + fan("p", kTolerates), one_in(20));
  run_for_a_minute(story);
  EXPECT_EQ(order(story, "start", "p"), "started");
  EXPECT_EQ(story.shell("SELECT since FROM run WHERE id = 2"), "0") << "the first was not complete";
}

TEST(TolerateStory, ARedriveResumesIt) {
  Story story(kHundredASecond + fan("p", kTolerates), one_in(20));
  run_for_a_minute(story);
  order(story, "redrive", "run/1");
  story.pass(minutes(1));
  EXPECT_EQ(story.shell("SELECT state FROM run"), "finished");
}

}  // namespace
}  // namespace fanout
