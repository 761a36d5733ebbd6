// Whole runs that read like a story: how they begin, are steered, meet a reload or a full disk, and end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "transcripts/configurations.h"
#include "transcripts/story.h"

namespace fanout {
namespace {

using testing::HasSubstr;

// ---- orders

TEST(Story, OrdersOfOneTransactionAreObeyedInTheirOrder) {
  Story story(vendor("rate = \"1/1s\"\n") + fan("p"), [](const std::string& target) {
    return target == "/p" ? reply(200, list_of(40)) : reply(200);
  });
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p'), ('cancel', 'p');");
  story.pass(seconds(10));
  EXPECT_EQ(story.shell("SELECT group_concat(outcome, ', ') FROM control"),
            "started, run 1 is cancelled; requests in flight still end");
  EXPECT_EQ(story.shell("SELECT state || ' ' || (finished_at IS NOT NULL) FROM run"), "cancelled 1");
  EXPECT_LE(story.asked().size(), 1U);
}

TEST(Story, ACancelledRunAsksNothingMoreAndKeepsWhatWasInFlight) {
  Story story(
      vendor("rate = \"10/1s\"\n") + fan("p") + "[[pipeline.p.output]]\nlevel = \"b\"\nto = \"b.ndjson\"\n",
      [](const std::string& target) { return target == "/p" ? reply(200, list_of(40)) : reply(200); });
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p');");
  story.pass(seconds(2));
  const auto asked_before = story.asked().size();
  story.shell("INSERT INTO control (command, target) VALUES ('cancel', 'p');");
  story.pass(seconds(10));
  EXPECT_LE(story.asked().size(), asked_before + 1) << "one was in flight";
  EXPECT_EQ(story.shell("SELECT state FROM run"), "cancelled");
  EXPECT_EQ(story.shell("SELECT count(*) FROM task WHERE level = 'b' AND state = 'done'"),
            std::to_string(story.asked().size() - 1));
  EXPECT_EQ(story.shell("SELECT count(*) FROM task WHERE state IN ('ready', 'waiting', 'leased')"), "0");
  const auto lines = story.output("b-1-00001.ndjson");
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(lines, '\n')), story.asked().size() - 1)
      << "each answer is kept, and no other";
}

TEST(Story, TheEndOfARunForgetsWhatIsOlderThanIsKept) {
  Story story("store = { keep = \"1d\" }\n" + vendor("") + pipeline("p", "schedule = \"0 1 * * *\"\n"),
              [](const std::string&) { return reply(200); });
  story.begin();
  story.pass(std::chrono::hours(24 * 5));
  EXPECT_EQ(story.asked().size(), 5U);
  EXPECT_LE(std::stoi(story.shell("SELECT count(*) FROM run")), 2) << "those of the last day";
}

// ---- schedules

TEST(Story, AClockThatIsAYearAheadForgetsNothing) {
  Story story("store = { keep = \"1d\" }\n" + vendor("") + pipeline("p", ""),
              [](const std::string&) { return reply(200); });
  story.begin();
  const auto run_now = [&story] {
    story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
    story.pass(seconds(5));
  };
  run_now();
  story.set_clock_by(std::chrono::hours(24 * 365));
  run_now();
  EXPECT_EQ(story.shell("SELECT count(*) FROM run"), "2");
  story.set_clock_by(-std::chrono::hours(24 * 365));
  run_now();
  EXPECT_EQ(story.shell("SELECT count(*) FROM run"), "3");
}

TEST(Story, AScheduledRunNeedsTwoCommitsBeforeItsFirstRequest) {
  int commits_at_first_request = 0;
  Story* there = nullptr;
  Story story(vendor("rate = \"10/1s\"\n") + pipeline("p", "schedule = \"0 1 * * *\"\n"),
              [&](const std::string&) {
                if (commits_at_first_request == 0) commits_at_first_request = there->commits();
                return reply(200);
              });
  there = &story;
  story.begin();
  story.pass(std::chrono::minutes(30));
  const int before = story.commits();
  story.pass(std::chrono::minutes(60));
  ASSERT_EQ(story.asked().size(), 1U);
  EXPECT_EQ(commits_at_first_request - before, 2) << "the run with its tasks; the claim with its reservation";
}

// ---- reloads

TEST(Story, WhatIsInFlightDuringAReloadEndsUnderTheOldConfiguration) {
  const auto with_output = [](const char* to) {
    return vendor("concurrency = 1\n") + pipeline("p") + "[[pipeline.p.output]]\nlevel = \"a\"\nto = \"" +
           to + ".ndjson\"\n";
  };
  Story* there = nullptr;
  int asked = 0;
  Story story(with_output("old"), [&](const std::string&) {
    if (++asked == 1) there->reload(with_output("new"));  // its reply is on its way
    return reply(200);
  });
  there = &story;
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p');");
  story.pass(seconds(5));
  EXPECT_EQ(story.asked().size(), 1U) << "it is not asked again";
  EXPECT_THAT(story.output("old-1-00001.ndjson"), HasSubstr("{}"));
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p');");
  story.pass(seconds(5));
  EXPECT_THAT(story.output("new-2-00001.ndjson"), HasSubstr("{}"));
}

TEST(Story, AReloadThatTakesALevelAwayFromAnOpenRunSaysWhatBecomesOfItAndTheWayBack) {
  const auto list = [](const std::string& target) {
    return target == "/p" ? reply(200, list_of(20)) : reply(200);
  };
  const auto slow = vendor("rate = \"1/1s\"\n");
  Story story(slow + fan("p"), list);
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p');");
  story.pass(seconds(3));
  story.reload(slow + pipeline("p"));
  EXPECT_THAT(story.log(), testing::Contains(HasSubstr("level b is no longer in the configuration")));
  EXPECT_THAT(story.log(), testing::Contains(HasSubstr("fanoutctl dead redrive run/1")));
  story.pass(seconds(5));
  EXPECT_EQ(story.shell("SELECT dead > 0 FROM tally WHERE level = 'b'"), "1");
  story.reload(slow + fan("p"));
  story.shell("INSERT INTO control (command, target) VALUES ('redrive', 'run/1');");
  story.pass(std::chrono::minutes(1));
  EXPECT_EQ(story.shell("SELECT done || ' ' || dead FROM tally WHERE level = 'b'"), "20 0");
}

// ---- a full disk

TEST(Story, WithAFullDiskNothingIsAskedAndWithRoomItGoesOnWhereItWas) {
  Story* there = nullptr;
  int asked = 0;
  Story story(
      vendor("concurrency = 1\n") + fan("p") + "[[pipeline.p.output]]\nlevel = \"b\"\nto = \"b.ndjson\"\n",
      [&](const std::string& target) {
        if (++asked == 5) there->fill_disk(true);
        return target == "/p" ? reply(200, list_of(20)) : reply(200);
      });
  there = &story;
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p');");
  story.pass(std::chrono::minutes(10));
  EXPECT_LE(story.asked().size(), 6U) << "what was in flight, and nothing more";
  EXPECT_THAT(story.log(), testing::Contains(HasSubstr("cannot keep anything now, so nothing is asked")));
  story.fill_disk(false);
  story.pass(std::chrono::minutes(1));
  EXPECT_THAT(story.log(), testing::Contains("work goes on"));
  EXPECT_EQ(story.shell("SELECT state FROM run"), "finished");
  EXPECT_EQ(story.asked().size(), 21U) << "none twice";
  const auto lines = story.output("b-1-00001.ndjson");
  EXPECT_EQ(std::ranges::count(lines, '\n'), 20);
}

}  // namespace
}  // namespace fanout
