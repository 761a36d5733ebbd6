#include "daemon/fanoutd/progress_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanout {
namespace {

using testing::ElementsAre;

Tally tally(const std::string& level, int depth, std::int64_t ready, std::int64_t done,
            std::int64_t dead = 0) {
  Tally made;
  made.run = 3;
  made.level = level;
  made.depth = depth;
  made.ready = ready;
  made.done = done;
  made.dead = dead;
  return made;
}

RunProgress half_done() {
  RunProgress run;
  run.run.id = 3;
  run.run.pipeline = "monitoring";
  run.tallies = {tally("data", 1, 1000, 990, 10), tally("troop", 0, 0, 1)};
  run.rate = 210.4;
  run.left = TimeLeft{seconds(6), seconds(8), seconds(12)};
  return run;
}

const auto kNoRates = [](std::int64_t, const std::string&) { return 0.0; };

TEST(ProgressLines, SayWhatHoldsARunUpAndForHowLong) {
  auto run = half_done();
  run.blocked = "the rate 65000/1d is used up";
  EXPECT_EQ(blocked_text(run), run.blocked);
  run.opens_in = milliseconds(53'200);
  EXPECT_EQ(blocked_text(run), "the rate 65000/1d is used up; the next request goes in 54 s");
}

TEST(ProgressLines, ShowEachLevelOfDoneAndExpectedSoFarWithRateAndDead) {
  const auto rates = [](std::int64_t, const std::string& level) { return level == "data" ? 212.0 : 0.0; };
  EXPECT_THAT(live_progress({half_done()}, rates),
              ElementsAre("monitoring, run 3: 1,001 of 2,001, 210/s, about 8 s left (6–12 s)",
                          "  troop  ████████████████████      1 of 1          0.0/s",
                          "  data   ██████████░░░░░░░░░░  1,000 of 2,000      212/s  10 dead"));
}

TEST(ProgressLines, SayWhatHoldsARunUpAndWhenItWillBeDoneAllTheSame) {
  auto run = half_done();
  run.blocked = "the rate 65000/1d is used up";
  run.outlook = "will not finish before its next start, 2026-11-24T02:00Z";
  EXPECT_EQ(
      live_progress({run}, kNoRates).front(),
      "monitoring, run 3: 1,001 of 2,001, 210/s, the rate 65000/1d is used up; about 8 s left (6–12 s); "
      "will not finish before its next start, 2026-11-24T02:00Z");
}

TEST(ProgressLines, SayOnlyWhatHoldsARunUpWhereNobodyKnowsForHowLong) {
  auto run = half_done();
  run.left.reset();
  run.blocked = "on hold until\n02:00";
  EXPECT_EQ(live_progress({run}, kNoRates).front(),
            "monitoring, run 3: 1,001 of 2,001, 210/s, on hold until 02:00");
}

TEST(ProgressLines, SayThatThereIsNoForecastWhileNobodyKnows) {
  auto run = half_done();
  run.left.reset();
  run.rate = 0.25;
  EXPECT_EQ(live_progress({run}, kNoRates).front(),
            "monitoring, run 3: 1,001 of 2,001, 0.2/s, no forecast yet");
}

TEST(ProgressLines, SpeakOfNoMillisecondsInAForecast) {
  auto run = half_done();
  run.left = TimeLeft{milliseconds(5), milliseconds(7), milliseconds(9)};
  EXPECT_TRUE(live_progress({run}, kNoRates).front().ends_with("about 1 s left"));
}

TEST(ProgressLines, ARunThatIsNotCountedYetHasNoLevels) {
  RunProgress run;
  run.run.id = 1;
  run.run.pipeline = "p";
  EXPECT_THAT(live_progress({run}, kNoRates), ElementsAre("p, run 1: 0 of 0, 0.0/s, no forecast yet"));
  EXPECT_TRUE(live_progress({}, kNoRates).empty());
}

TEST(ProgressLines, PlainOnesHaveAllOfItInOneLine) {
  EXPECT_EQ(plain_progress(half_done()),
            "monitoring, run 3: 1,001 of 2,001 (troop 1/1, data 1000/2000), 10 dead, 210/s, about 8 s left "
            "(6–12 s)");
}

TEST(LevelRates, CountWhatIsSettledSinceALevelWasFirstSeen) {
  LevelRates rates;
  auto run = half_done();
  const MonoTime begun(seconds(100));
  rates.see({run}, begun);
  EXPECT_EQ(rates.of(3, "data", begun + seconds(1)), 0) << "what was settled before is not counted";
  run.tallies[0].done += 50;
  run.tallies[0].ready -= 50;
  rates.see({run}, begun + seconds(5));
  EXPECT_NEAR(rates.of(3, "data", begun + seconds(5)), 10, 1);
  EXPECT_EQ(rates.of(3, "unknown", begun), 0);
}

TEST(LevelRates, BearDeadLettersThatArePutBackToWork) {
  LevelRates rates;
  auto run = half_done();
  const MonoTime begun(seconds(100));
  rates.see({run}, begun);
  run.tallies[0].dead = 0;
  run.tallies[0].ready += 10;
  rates.see({run}, begun + seconds(5));
  EXPECT_EQ(rates.of(3, "data", begun + seconds(5)), 0);
}

}  // namespace
}  // namespace fanout
