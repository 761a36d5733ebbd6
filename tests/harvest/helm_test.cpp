#include "harvest/helm.h"

#include "harvest/machines.h"

namespace fanout {
namespace {

class HelmTest : public Machines {};

TEST_F(HelmTest, StartsAPipelineWithATaskForEachRootLevel) {
  EXPECT_EQ(helm.start("p"), "started");
  ASSERT_EQ(pending().batch.new_runs.size(), 1U);
  EXPECT_EQ(pending().batch.new_runs[0].run.cause, "control");
  ASSERT_EQ(pending().batch.new_runs[0].seeds.size(), 1U);
  EXPECT_EQ(pending().batch.new_runs[0].seeds[0].level, "a");
}

TEST_F(HelmTest, SaysWhyItDoesNotStart) {
  EXPECT_EQ(helm.start("nothing"), "refused: no pipeline nothing in the configuration; there are: p, q, r");
  helm.start("p");
  EXPECT_EQ(helm.start("p"), "refused: a run of it is just beginning");
  open(7, "q");
  EXPECT_EQ(helm.start("q"), "refused: run 7 of it is still open");
}

TEST_F(HelmTest, StartsARunBesideOneThatWasPutBackToWork) {
  open(7, "q").run.reopened = true;
  EXPECT_EQ(helm.start("q"), "started");
  EXPECT_EQ(helm.cancel("q"), "run 7 is cancelled; requests in flight still end");
}

TEST_F(HelmTest, CancelsTheRunItselfBeforeOneThatWasPutBackToWork) {
  open(7, "q").run.reopened = true;
  open(8, "q");
  EXPECT_EQ(helm.cancel("q"), "run 8 is cancelled; requests in flight still end");
}

TEST_F(HelmTest, CancelsWhatIsOpenAndPutsBackWhatHasNotLeft) {
  const auto& run = open(1, "p", 5);
  dispatchers.of("v").waiting().add(claimed_of(run));
  EXPECT_EQ(helm.cancel("p"), "run 1 is cancelled; requests in flight still end");
  EXPECT_EQ(run.run.state, RunState::cancelled);
  ASSERT_EQ(pending().batch.settlements.size(), 1U);
  EXPECT_FALSE(pending().batch.settlements[0].spent);
  EXPECT_EQ(helm.cancel("p"), "refused: no run of it is open");
}

TEST_F(HelmTest, CancelsAlsoTheRunOfAPipelineThatIsNoLongerConfigured) {
  open(1, "p");
  runs.configure(std::make_shared<const Config>());
  EXPECT_EQ(helm.cancel("p"), "run 1 is cancelled; requests in flight still end");
}

TEST_F(HelmTest, PausesAPipelineAndPutsItsTasksBackButNoOthers) {
  dispatchers.of("v").waiting().add(claimed_of(open(1, "p", 5), 1));
  dispatchers.of("v").waiting().add(claimed_of(open(2, "q", 5), 2));
  EXPECT_EQ(helm.pause("p", true), "paused");
  EXPECT_EQ(dispatchers.of("v").waiting().count(1), 0U);
  EXPECT_EQ(dispatchers.of("v").waiting().count(2), 1U);
  ASSERT_EQ(pending().batch.limiters.size(), 1U);
  EXPECT_TRUE(pending().batch.limiters[0].paused);
  EXPECT_TRUE(pending().batch.limiters[0].decides_pause);
}

TEST_F(HelmTest, PausesAVendorWithAllItsPipelines) {
  dispatchers.of("v").waiting().add(claimed_of(open(1, "p", 5), 1));
  dispatchers.of("v").waiting().add(claimed_of(open(2, "q", 5), 2));
  EXPECT_EQ(helm.pause("v", true), "paused");
  EXPECT_EQ(dispatchers.of("v").waiting().count(), 0U);
  EXPECT_EQ(helm.pause("v", false), "resumed");
}

TEST_F(HelmTest, KnowsWhatItCanPause) {
  EXPECT_EQ(helm.pause("x", true),
            "refused: no pipeline or vendor x; there are pipelines p, q, r and vendors v, w");
}

TEST_F(HelmTest, GivesClaimedTasksToTheirVendorOrBackIfTheyMayNotLeaveAnyMore) {
  auto first = claimed_of(open(1, "p"), 1).task;
  auto second = claimed_of(open(2, "r"), 2).task;
  runs.pause("r", true);
  helm.take({first, second});
  EXPECT_EQ(dispatchers.of("v").waiting().count(), 1U);
  EXPECT_EQ(dispatchers.of("w").waiting().count(), 0U);
  ASSERT_EQ(pending().batch.settlements.size(), 1U);
  EXPECT_EQ(pending().batch.settlements[0].task, 2);
}

}  // namespace
}  // namespace fanout
