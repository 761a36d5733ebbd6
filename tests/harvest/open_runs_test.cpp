#include "harvest/open_runs.h"

#include "harvest/claiming.h"
#include "harvest/machines.h"

namespace fanout {
namespace {

class OpenRunsTest : public Machines {};

TEST_F(OpenRunsTest, OnlyWhatIsReadyCanBeClaimed) {
  open(1, "p", 5);
  open(2, "q", 0);
  open(3, "r", 7);
  const auto claimable = runs.claimable("v");
  ASSERT_EQ(claimable.size(), 1U);
  EXPECT_EQ(claimable[0]->run.id, 1);
  EXPECT_TRUE(runs.has_claimable("w"));
}

TEST_F(OpenRunsTest, SayWhyOneDoesNotGoOn) {
  const auto& run = open(1, "p", 5);
  EXPECT_TRUE(runs.may_go(run));
  EXPECT_EQ(runs.why_not(run), "");
  runs.pause("p", true);
  EXPECT_FALSE(runs.may_go(run));
  EXPECT_EQ(runs.why_not(run), "paused");
  runs.resume_all();
  runs.configure(std::make_shared<const Config>());
  EXPECT_FALSE(runs.may_go(run));
  EXPECT_EQ(runs.why_not(run), "pipeline p is not in the configuration");
}

TEST_F(OpenRunsTest, HaveLostALevelThatIsGoneWhileTasksOfItAreOpen) {
  auto& run = open(1, "p", 5);
  EXPECT_TRUE(runs.lost_levels(run).empty());
  run.tallies[0].level = "gone";
  EXPECT_EQ(runs.lost_levels(run), std::vector<std::string>{"gone"});
  run.tallies[0].ready = 0;
  EXPECT_TRUE(runs.lost_levels(run).empty()) << "nothing of it is open";
  run.tallies[0].ready = 5;
  runs.configure(std::make_shared<const Config>());
  EXPECT_TRUE(runs.lost_levels(run).empty()) << "without its pipeline the run waits";
}

TEST_F(OpenRunsTest, ACancelledOneGoesOnNoMoreAndIsNoLongerItsPipelines) {
  auto& run = open(1, "p", 5);
  run.run.state = RunState::cancelled;
  EXPECT_FALSE(runs.may_go(run));
  EXPECT_EQ(runs.of_pipeline("p"), nullptr);
}

TEST_F(OpenRunsTest, OfOtherPipelinesAreNoneOfOursWhenOnlySomeWereAskedFor) {
  open(1, "p");
  runs.restrict_to({"q"});
  EXPECT_EQ(runs.find(1), nullptr);
  fanout::Run other;
  other.id = 2;
  other.pipeline = "p";
  runs.adopt(other, clock.mono());
  EXPECT_TRUE(runs.empty());
}

TEST_F(OpenRunsTest, AreKnownToHaveEndedElsewhere) {
  open(1, "p");
  open(2, "q");
  fanout::Run known;
  known.id = 2;
  EXPECT_EQ(runs.others_than({known}), std::vector<std::int64_t>{1});
}

TEST_F(OpenRunsTest, OneWithoutTasksIsCountedTooOnceItWasLookedAt) {
  fanout::Run empty;
  empty.id = 1;
  empty.pipeline = "p";
  runs.adopt(empty, clock.mono());
  EXPECT_FALSE(runs.find(1)->counted);
  runs.take_tallies({}, {1}, clock.mono());
  EXPECT_TRUE(runs.find(1)->counted);
}

TEST_F(OpenRunsTest, HaveTheirPartOfTheClaimsByWeight) {
  open(1, "p", 1000);
  open(2, "q", 1000);
  std::vector<ClaimWish> claims;
  add_claims(dispatchers.of("v"), runs, 16, clock.wall(), claims);
  ASSERT_EQ(claims.size(), 2U);
  EXPECT_EQ(claims[0].count, 12) << "three of four";
  EXPECT_EQ(claims[1].count, 4);
  EXPECT_GT(claims[0].lease_until, clock.wall() + dispatchers.of("v").spec().timeout);
}

TEST_F(OpenRunsTest, OneThatHasEnoughWaitingClaimsNothing) {
  const auto& first = open(1, "p", 1000);
  open(2, "q", 1000);
  for (int i = 0; i < 16; ++i) dispatchers.of("v").waiting().add(claimed_of(first, i));
  std::vector<ClaimWish> claims;
  add_claims(dispatchers.of("v"), runs, 4, clock.wall(), claims);
  ASSERT_EQ(claims.size(), 1U);
  EXPECT_EQ(claims[0].run, 2);
}

}  // namespace
}  // namespace fanout
