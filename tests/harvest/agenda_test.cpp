#include "harvest/agenda.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"

namespace fanout {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr WallTime kMonday = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);

Config scheduled(const std::string& cron) {
  auto loaded = load_config_text(R"(
[vendor.v]
base_url = "https://v.example"
[pipeline.p]
vendor = "v"
schedule = ")" + cron + R"("
[[pipeline.p.level]]
name = "one"
path = "/one"
)",
                                 "agenda.toml");
  return std::get<Config>(std::move(loaded));
}

class AgendaTest : public testing::Test {
 protected:
  Agenda agenda;
};

TEST_F(AgendaTest, TakesARunOnceItIsDue) {
  agenda.configure(scheduled("0 2 * * *"), kMonday);
  EXPECT_EQ(agenda.next(), kMonday + hours(2));
  EXPECT_TRUE(agenda.take_due(kMonday + hours(2) - milliseconds(1)).empty());
  const auto due = agenda.take_due(kMonday + hours(2));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].pipeline, "p");
  EXPECT_EQ(due[0].scheduled_for, kMonday + hours(2));
  EXPECT_EQ(due[0].missed, 0);
}

TEST_F(AgendaTest, TakesEachRunOnce) {
  agenda.configure(scheduled("0 2 * * *"), kMonday);
  EXPECT_EQ(agenda.take_due(kMonday + hours(3)).size(), 1U);
  EXPECT_TRUE(agenda.take_due(kMonday + hours(4)).empty());
  EXPECT_EQ(agenda.next(), kMonday + hours(26));
}

TEST_F(AgendaTest, MakesUpOnceForAllThatWereMissed) {
  agenda.configure(scheduled("0 * * * *"), kMonday);
  const auto due = agenda.take_due(kMonday + hours(5) + minutes(10));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].scheduled_for, kMonday + hours(5)) << "the latest of them";
  EXPECT_EQ(due[0].missed, 4);
}

TEST_F(AgendaTest, MakesUpForWhatWasMissedSinceTheLastOneThatTheStoreKnows) {
  agenda.configure(scheduled("0 2 * * *"), kMonday + hours(60));
  agenda.dealt_with("p", kMonday + hours(2));
  const auto due = agenda.take_due(kMonday + hours(60));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].scheduled_for, kMonday + hours(50));
  EXPECT_EQ(due[0].missed, 1);
}

TEST_F(AgendaTest, DoesNotMakeUpForANewSchedule) {
  agenda.configure(scheduled("0 2 * * *"), kMonday + hours(3));
  EXPECT_TRUE(agenda.take_due(kMonday + hours(3)).empty());
}

TEST_F(AgendaTest, KeepsWhatItKnowsWhenTheScheduleStays) {
  agenda.configure(scheduled("0 2 * * *"), kMonday);
  agenda.configure(scheduled("0 2 * * *"), kMonday + hours(3));
  EXPECT_EQ(agenda.take_due(kMonday + hours(3)).size(), 1U) << "it was due before the reload";
}

TEST_F(AgendaTest, BeginsAnewWhenTheScheduleChanges) {
  agenda.configure(scheduled("0 2 * * *"), kMonday);
  agenda.configure(scheduled("0 1 * * *"), kMonday + hours(3));
  EXPECT_TRUE(agenda.take_due(kMonday + hours(3)).empty());
  EXPECT_EQ(agenda.next(), kMonday + hours(25));
}

TEST_F(AgendaTest, DoesNotCountYearsOfMinutes) {
  agenda.configure(scheduled("* * * * *"), kMonday);
  const auto late = kMonday + hours(24 * 365 * 3);
  EXPECT_EQ(agenda.take_due(late).size(), 1U);
  EXPECT_EQ(agenda.next(), late + minutes(1));
}

TEST_F(AgendaTest, IsNotSilencedByAClockThatWasAheadForAWhile) {
  agenda.configure(scheduled("0 2 * * *"), kMonday);
  EXPECT_EQ(agenda.take_due(kMonday + hours(24 * 365)).size(), 1U);
  agenda.not_after(kMonday + hours(1));
  EXPECT_EQ(agenda.next(), kMonday + hours(2));
}

TEST_F(AgendaTest, TakesNothingTwiceWhenTheClockIsSetBackALittle) {
  agenda.configure(scheduled("0 2 * * *"), kMonday);
  EXPECT_EQ(agenda.take_due(kMonday + hours(2)).size(), 1U);
  agenda.not_after(kMonday + hours(1));
  EXPECT_TRUE(agenda.take_due(kMonday + hours(2)).empty());
}

TEST_F(AgendaTest, HasNothingDueWithoutASchedule) {
  EXPECT_EQ(agenda.next(), std::nullopt);
  EXPECT_EQ(agenda.next("p"), std::nullopt);
  EXPECT_TRUE(agenda.take_due(kMonday).empty());
}

TEST_F(AgendaTest, HasARowToSaveUntilItIsTakenAndWheneverItMovesOn) {
  agenda.configure(scheduled("0 2 * * *"), kMonday);
  EXPECT_EQ(agenda.take_unsaved(), (std::vector<ScheduleRow>{{"p", "0 2 * * * UTC", kMonday}}));
  EXPECT_TRUE(agenda.take_unsaved().empty());
  agenda.take_due(kMonday + hours(2));
  EXPECT_EQ(agenda.take_unsaved(), (std::vector<ScheduleRow>{{"p", "0 2 * * * UTC", kMonday + hours(2)}}));
}

TEST_F(AgendaTest, MakesUpAfterARestartForTheScheduleThatItWas) {
  agenda.configure(scheduled("0 2 * * *"), kMonday + hours(60));
  agenda.read({"p", "0 2 * * * UTC", kMonday + hours(2)});
  EXPECT_TRUE(agenda.take_unsaved().empty());
  ASSERT_EQ(agenda.take_due(kMonday + hours(60)).size(), 1U);
}

TEST_F(AgendaTest, MakesUpNothingForAScheduleThatWasChangedWhileTheDaemonWasDown) {
  agenda.configure(scheduled("0 3 * * *"), kMonday + hours(60));
  agenda.read({"p", "0 2 * * * UTC", kMonday + hours(2)});
  EXPECT_TRUE(agenda.take_due(kMonday + hours(60)).empty());
  EXPECT_EQ(agenda.next(), kMonday + hours(75));
  EXPECT_EQ(agenda.take_unsaved(), (std::vector<ScheduleRow>{{"p", "0 3 * * * UTC", kMonday + hours(60)}}));
}

TEST_F(AgendaTest, TakesARowWithoutATextForThatOfWhicheverScheduleThereIs) {
  agenda.configure(scheduled("0 2 * * *"), kMonday + hours(60));
  agenda.read({"p", "", kMonday + hours(2)});
  EXPECT_EQ(agenda.take_unsaved(), (std::vector<ScheduleRow>{{"p", "0 2 * * * UTC", kMonday + hours(2)}}));
  ASSERT_EQ(agenda.take_due(kMonday + hours(60)).size(), 1U);
}

TEST_F(AgendaTest, CountsTheRunsOfADay) {
  EXPECT_NEAR(runs_a_day(*Schedule::parse("0 2 * * *", "UTC"), kMonday), 1, 0.01);
  EXPECT_NEAR(runs_a_day(*Schedule::parse("*/15 * * * *", "UTC"), kMonday), 96, 2);
  EXPECT_NEAR(runs_a_day(*Schedule::parse("0 2 * * 1", "UTC"), kMonday), 1.0 / 7, 0.01);
  EXPECT_NEAR(runs_a_day(*Schedule::parse("0 0 29 2 *", "UTC"), kMonday), 0, 0.1);
  agenda.configure(scheduled("*/15 * * * *"), kMonday);
  EXPECT_NEAR(agenda.runs_a_day("p"), 96, 2);
  EXPECT_EQ(agenda.runs_a_day("by hand"), 0);
  agenda.configure(scheduled("0 2 * * *"), kMonday);
  EXPECT_NEAR(agenda.runs_a_day("p"), 1, 0.01) << "another schedule";
}

}  // namespace
}  // namespace fanout
