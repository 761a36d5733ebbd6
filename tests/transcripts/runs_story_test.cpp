// Stories of runs: put back to work beside the next one, forgotten, and with a lease that nobody holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "transcripts/story.h"

namespace fanout {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::Contains;
using testing::HasSubstr;

std::string one_pipeline(const std::string& store, const std::string& vendor, const std::string& pipeline) {
  return store + "[vendor.v]\nbase_url = \"http://v.example\"\nadaptive = false\n" + vendor +
         "[pipeline.p]\nvendor = \"v\"\n" + pipeline +
         "[[pipeline.p.level]]\nname = \"a\"\npath = \"/p\"\nitems = \"$\"\n"
         "[[pipeline.p.level]]\nname = \"b\"\nparent = \"a\"\npath = \"/p/{a}\"\n";
}

TEST(RunsStory, ALeaseThatNobodyHoldsIsTakenBackWhenItIsOver) {
  Story story(one_pipeline("", "rate = \"1/10s\"\n", ""),
              [](const std::string& target) { return reply(200, target == "/p" ? "[1,2,3]" : "{}"); });
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p');");
  story.pass(seconds(2));
  story.shell(
      "UPDATE task SET state = 'leased', claim = 0, lease_until = "
      "(SELECT started_at + 60000 FROM run) WHERE key = '3';");
  story.pass(seconds(55));
  EXPECT_EQ(story.shell("SELECT state FROM task WHERE key = '3'"), "leased");
  EXPECT_EQ(story.shell("SELECT count(*) FROM task WHERE state = 'done'"), "3");
  story.pass(minutes(1));
  EXPECT_THAT(story.log(),
              Contains(HasSubstr("took back 1 tasks whose lease was over and which nobody held")));
  EXPECT_EQ(story.shell("SELECT state FROM run"), "finished");
  EXPECT_EQ(story.shell("SELECT done FROM tally WHERE level = 'b'"), "3");
}

// The vendor fails for /p/2 until it is put back to work, and then for all, so that the old run stays open.
TEST(RunsStory, ATaskOfAnOldRunThatIsPutBackToWorkStopsNoSchedule) {
  int outage = 0;
  Story story(one_pipeline("", "", "schedule = \"0 * * * *\"\n"), [&](const std::string& target) {
    if (outage > 0) return reply(503);
    if (target == "/p/2") return reply(400);
    return reply(200, target == "/p" ? "[1,2]" : "{}");
  });
  story.begin();
  story.pass(minutes(90));
  EXPECT_EQ(story.shell("SELECT group_concat(state) FROM run"), "finished");
  outage = 1;
  story.shell("INSERT INTO control (command, target) VALUES ('redrive', 'run/1');");
  story.pass(hours(1));
  EXPECT_EQ(story.shell("SELECT group_concat(state || ' ' || reopened, ', ') FROM run"),
            "running 1, running 0")
      << "the next one began beside it";
  story.pass(hours(2));
  EXPECT_EQ(story.shell("SELECT count(*) FROM run"), "2") << "that one is open, so others are skipped";
  EXPECT_THAT(story.log(), Contains(HasSubstr("because run 2 of it is still open")));
  outage = 0;
  story.pass(hours(1));
  EXPECT_EQ(story.shell("SELECT count(*) FROM run WHERE finished_at IS NULL"), "0");
}

TEST(RunsStory, DeadLettersOutliveTheirRunAndAreSaidWhenTheyGo) {
  Story story(one_pipeline("[store]\nkeep = \"2h\"\nkeep_dead = \"6h\"\n", "", "schedule = \"0 * * * *\"\n"),
              [](const std::string& target) {
                if (target == "/p/2") return reply(400);
                return reply(200, target == "/p" ? "[1,2]" : "{}");
              });
  story.begin();
  story.pass(hours(5));
  EXPECT_EQ(story.shell("SELECT count(*) FROM task WHERE run = 1"), "1") << "its dead letter";
  story.shell("INSERT INTO control (command, target) VALUES ('redrive', 'run/1');");
  story.pass(minutes(1));
  EXPECT_THAT(story.log(),
              Contains(HasSubstr("redrive run/1: 0 tasks; 1 stay dead, because their run is gone")));
  EXPECT_EQ(story.shell("SELECT reason FROM dead WHERE run = 1"), "400: the vendor refuses this: {}");
  story.pass(hours(3));
  EXPECT_THAT(story.log(),
              Contains(HasSubstr("1 dead letters of run 1 are older than keep_dead and are gone")));
  EXPECT_EQ(story.shell("SELECT count(*) FROM run WHERE id = 1"), "0");
}

}  // namespace
}  // namespace fanout
