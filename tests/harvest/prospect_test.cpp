#include "harvest/prospect.h"

#include <gmock/gmock.h>

#include "harvest/machines.h"
#include "harvest/noting.h"
#include "harvest/status.h"
#include "transcripts/configurations.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A vendor with a quota, asked by a pipeline that is due every day; and one beside it.
std::string daily() {
  return vendor("rate = [\"10/1s\", \"1000/1d\"]\n") + fan("p", "schedule = \"0 2 * * *\"\n") + pipeline("q");
}

class ProspectTest : public Machines {
 protected:
  void SetUp() override {
    config = config_of(daily());
    runs.configure(config);
    Machines::SetUp();
  }

  void wait(microseconds time) {
    timeline.after(time, [] {});
    timeline.step();
  }
  static Tally tally(std::int64_t run, const std::string& level, std::int64_t open, std::int64_t done) {
    Tally made;
    made.run = run;
    made.level = level;
    made.depth = level == "a" ? 0 : 1;
    made.ready = open;
    made.done = done;
    return made;
  }
  // A run of p whose root has listed so many, of which so many are done.
  ActiveRun& listed(std::int64_t open, std::int64_t done) {
    open_run(1, "p");
    runs.take_tallies({tally(1, "a", 0, 1), tally(1, "b", open + done, 0)}, {}, clock.mono());
    for (std::int64_t i = 1; i <= 100; ++i) {
      wait(seconds(1));
      runs.take_tallies({tally(1, "a", 0, 1), tally(1, "b", open + done - done * i / 100, done * i / 100)},
                        {}, clock.mono());
    }
    return *runs.find(1);
  }
  void open_run(std::int64_t id, const std::string& pipeline, std::vector<EarlierRun> earlier = {}) {
    fanout::Run run;
    run.id = id;
    run.pipeline = pipeline;
    run.started_at = clock.wall();
    run.earlier = std::move(earlier);
    runs.adopt(run, clock.mono());
  }
  Horizon horizon() const { return {runs, committer, dispatchers, &agenda, clock.mono(), clock.wall()}; }
  std::vector<std::string> noted() {
    Commit commit;
    add_notes(commit, runs, horizon(), log);
    notes = commit.batch.notes;
    return lines;
  }

  std::vector<RunNote> notes;
};

TEST_F(ProspectTest, GoesByThePaceWhereItIsSlowerThanTheLimits) {
  const auto& run = listed(300, 100);  // one a second
  const auto prospect = prospect_of(run, horizon());
  ASSERT_TRUE(prospect.left);
  EXPECT_NEAR(static_cast<double>(prospect.left->median.count()), 300'000, 30'000);
  EXPECT_LT(prospect.left->low, prospect.left->median);
  EXPECT_GT(prospect.left->high, prospect.left->median);
}

TEST_F(ProspectTest, GoesByTheLimitsWhereTheyAreSlowerThanThePace) {
  const auto& run = listed(2500, 900);
  const auto prospect = prospect_of(run, horizon());
  ASSERT_TRUE(prospect.left);
  EXPECT_GT(prospect.left->median, std::chrono::hours(24)) << "of 2500 the quota lets 1000 a day";
}

TEST_F(ProspectTest, SaysThatARunWillNotFinishBeforeItsNextStart) {
  const auto& run = listed(2500, 900);
  EXPECT_THAT(prospect_of(run, horizon()).late, HasSubstr("will not finish before its next start, 20"));
  const auto& soon = listed(100, 900);
  EXPECT_THAT(prospect_of(soon, horizon()).late, IsEmpty());
}

TEST_F(ProspectTest, SaysThatTheLimitsAreLessThanTheRunsOfADayNeed) {
  open_run(1, "p", {{{"a", 1}, {"b", 1500}}});
  runs.take_tallies({tally(1, "a", 1, 0)}, {}, clock.mono());
  const auto prospect = prospect_of(*runs.find(1), horizon());
  EXPECT_EQ(prospect.drain,
            "will not drain: the runs of a day ask for about 1,500 calls, and 1000/1d allows about 1,000")
      << "before anything was asked";
  ASSERT_TRUE(prospect.left) << "by the limits and the run before";
}

TEST_F(ProspectTest, SaysNothingBeforeAnythingIsKnown) {
  open_run(1, "p");
  runs.take_tallies({tally(1, "a", 1, 0)}, {}, clock.mono());
  const auto prospect = prospect_of(*runs.find(1), horizon());
  EXPECT_FALSE(prospect.growth);
  EXPECT_FALSE(prospect.left);
  EXPECT_THAT(prospect.outlook(), IsEmpty());
  EXPECT_THAT(status_of(progress_of(horizon()), committer, agenda), HasSubstr("0 of 1, no forecast yet"));
}

TEST_F(ProspectTest, SaysNothingOfTheTimeWhileSomebodyMustEndWhatHoldsItUp) {
  const auto& run = listed(300, 100);
  runs.pause("p", true);
  EXPECT_FALSE(prospect_of(run, horizon()).left);
  EXPECT_TRUE(prospect_of(run, horizon()).growth) << "it comes to as much all the same";
  runs.resume_all();
  dispatchers.of("v").pause(true);
  EXPECT_FALSE(prospect_of(run, horizon()).left);
}

TEST_F(ProspectTest, OthersOfTheVendorTakeTheirShareOfTheLimits) {
  auto& run = listed(500, 100);
  const auto alone = prospect_of(run, horizon()).left;
  open_run(2, "q");
  runs.take_tallies({tally(2, "a", 10'000, 0)}, {}, clock.mono());
  const auto beside = prospect_of(run, horizon()).left;
  ASSERT_TRUE(alone && beside);
  EXPECT_GE(beside->high, alone->high + std::chrono::hours(1)) << "together they pass the quota";
}

TEST_F(ProspectTest, IsNotedWithARowAMinute) {
  auto& run = listed(300, 100);
  noted();
  ASSERT_EQ(notes.size(), 1u);
  ASSERT_TRUE(notes[0].foreseen.calls && notes[0].foreseen.eta && notes[0].keep);
  EXPECT_EQ(notes[0].foreseen.calls->median, 401);
  EXPECT_EQ(notes[0].keep->settled, 101);
  EXPECT_THAT(notes[0].keep->seen, Not(IsEmpty()));
  int rows = 0;
  for (int i = 0; i < 150; ++i) {
    wait(seconds(1));
    noted();
    rows += notes.at(0).keep.has_value();
  }
  EXPECT_EQ(rows, 2);
  EXPECT_NEAR(run.to_come, 300, 1);
}

TEST_F(ProspectTest, IsSaidInTheLogOnceAndAgainWhenItIsOtherwise) {
  auto& run = listed(300, 100);
  wait(seconds(1));
  noted();
  EXPECT_THAT(lines, IsEmpty()) << "not in the first moments";
  std::int64_t done = 100;
  const auto go_on = [&](int times, std::int64_t open) {
    for (int i = 0; i < times; ++i) {
      wait(seconds(1));
      ++done;
      runs.take_tallies({tally(1, "a", 0, 1), tally(1, "b", open - done, done)}, {}, clock.mono());
      noted();
    }
  };
  go_on(12, 400);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0],
              HasSubstr("run 1 of pipeline p: about 5 min left (4.5–5.5 min), about 400 calls in all"));
  go_on(120, 400);
  EXPECT_EQ(lines.size(), 1u) << "as it was foreseen";
  go_on(2, 5000);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[1], HasSubstr("about 5,000 calls in all"));
  EXPECT_THAT(lines[2], HasSubstr("will not finish before its next start"));
  EXPECT_THAT(lines[3], HasSubstr("will not drain"));
  go_on(30, 5000);
  EXPECT_EQ(lines.size(), 4u) << "once";
  EXPECT_EQ(run.run.id, 1);
}

TEST_F(ProspectTest, SaysNoTimeWhileItsVendorsLimitIsLookedFor) {
  config = config_of(vendor("adaptive = true\n") + fan("p"));
  runs.configure(config);
  dispatchers.configure(*config);
  const auto& run = listed(300, 100);
  const auto prospect = prospect_of(run, horizon());
  EXPECT_TRUE(prospect.growth);
  EXPECT_FALSE(prospect.left) << "the pace of now says nothing";
  EXPECT_THAT(prospect.outlook(), HasSubstr("is being found"));
}

}  // namespace
}  // namespace fanout
