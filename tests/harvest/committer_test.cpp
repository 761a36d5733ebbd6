#include "harvest/committer.h"

#include <gmock/gmock.h>

#include "harvest/machines.h"
#include "task/disposition.h"

namespace fanout {
namespace {

class CommitterTest : public Machines {
 protected:
  void begin() {
    committer.begin([this](Commit&) { ++completed; });
  }
  int completed = 0;
};

TEST_F(CommitterTest, WithNothingPendingHasNoWork) { EXPECT_FALSE(committer.has_work()); }

TEST_F(CommitterTest, WhatComesWhileACommitIsUnderWayBelongsToTheNext) {
  helm.start("p", "once", clock.wall());
  begin();
  EXPECT_TRUE(committer.busy());
  EXPECT_TRUE(committer.begins_run_of("p")) << "it is on its way";
  EXPECT_FALSE(committer.has_work());
  committer.settle(unclaimed(1, 1));
  poll();
  EXPECT_FALSE(committer.busy());
  EXPECT_EQ(commits, 1);
  EXPECT_FALSE(committer.begins_run_of("p"));
  EXPECT_EQ(kept.applied.new_runs.size(), 1U);
  EXPECT_TRUE(committer.has_work());
}

TEST_F(CommitterTest, OneThatFindsNoRoomIsTriedAgainAsItIsAndLater) {
  helm.start("p", "once", clock.wall());
  files.set_full(true);
  begin();
  poll();
  EXPECT_EQ(commits, 0);
  EXPECT_EQ(tries_in_vain, 1);
  EXPECT_THAT(committer.blocked(), testing::HasSubstr("no room"));
  const auto first = committer.try_again_at() - clock.mono();
  begin();
  poll();
  EXPECT_GT(committer.try_again_at() - clock.mono(), first);
  EXPECT_TRUE(committer.begins_run_of("p")) << "nothing of it is lost";
  files.set_full(false);
  begin();
  poll();
  EXPECT_EQ(commits, 1);
  EXPECT_EQ(completed, 1) << "only what is new is completed";
  EXPECT_EQ(committer.blocked(), "");
  EXPECT_THAT(lines, testing::Contains("work goes on"));
}

TEST_F(CommitterTest, IsFullWhenAnswersPileUpAndNoLongerOnceTheyAreOnTheirWay) {
  Record record;
  record.body = std::string(33 * 1024 * 1024, ' ');
  committer.settle(unclaimed(1, 1));
  committer.keep(std::move(record), config);
  EXPECT_TRUE(committer.is_full());
  begin();
  EXPECT_FALSE(committer.is_full());
}

TEST_F(CommitterTest, IsFullAlsoWhenWhatIsToBeAskedNextPilesUp) {
  Settlement settlement;
  settlement.seeds.resize(40);
  for (auto& seed : settlement.seeds) seed.parents = std::string(1024 * 1024, ' ');
  committer.settle(std::move(settlement));
  EXPECT_TRUE(committer.is_full());
}

TEST_F(CommitterTest, ReservesLongerWhereCommitsTakeLong) {
  const auto usual = committer.reserves();
  begin();
  timeline.after(seconds(2), [] {});
  timeline.step();
  poll();
  EXPECT_GE(committer.reserves(), usual + seconds(4)) << "else nothing could leave before it is over";
}

}  // namespace
}  // namespace fanout
