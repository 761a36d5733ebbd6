#include "harvest/committer.h"

#include <gmock/gmock.h>

#include "harvest/machines.h"
#include "output/records.h"
#include "support/slow_clock.h"
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

// A select that takes long puts the others off, and the next commit has them first.
TEST_F(CommitterTest, WhatWasPutOffIsPendingAgain) {
  SlowClock slow(clock.wall());
  slow.take(milliseconds(600));
  Keeper slow_keeper(store, outputs, slow);
  std::vector<std::vector<std::int64_t>> settled;
  Committer slow_committer(threads, slow_keeper, clock, log, [](const Commit*, Kept) {});
  const auto output = output_to("data.ndjson");
  for (const std::int64_t task : {1, 2, 3}) {
    slow_committer.settle(unclaimed(task, 1));
    auto record = record_for(output, "1");
    record.task = task;
    slow_committer.keep(std::move(record), config);
  }
  while (slow_committer.has_work() && settled.size() < 10) {
    slow_committer.begin([&](const Commit& commit) {
      auto& tasks = settled.emplace_back();
      for (const auto& settlement : commit.batch.settlements) tasks.push_back(settlement.task);
    });
    if (settled.size() == 1) slow_committer.settle(unclaimed(4, 1));
    poll();
  }
  EXPECT_THAT(settled, testing::ElementsAre(testing::ElementsAre(1, 2, 3), testing::ElementsAre(2, 3, 4),
                                            testing::ElementsAre(3)));
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
