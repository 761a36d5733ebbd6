// The rows beside the queue: parts, limiters, orders.
#include "store/sqlite/upkeep.h"

#include "store/sqlite/harness.h"

namespace fanout {
namespace {

class UpkeepTest : public StoreTest {
 protected:
  Applied apply(Batch batch) {
    batch.now = kNow;
    return store_.apply(batch);
  }
};

TEST_F(UpkeepTest, APartMovesAndIsSealed) {
  Batch batch;
  batch.parts = {{1, "p-1", "p", 1, 100, 3, false, ""}, {1, "p-2", "p", 2, 5, 1, false, ""}};
  apply(batch);
  batch.parts = {{1, "p-1", "p", 1, 250, 7, true, "moved"}};
  apply(batch);
  EXPECT_EQ(ask("SELECT path, run, base, number, committed, records, sealed, note FROM part"),
            "p-1|1|p|1|250|7|1|moved\np-2|1|p|2|5|1|0|");
}

TEST_F(UpkeepTest, ANoticeIsThereForAsLongAsItHolds) {
  store_.note({"configuration", "fanoutd.toml is not in force: it is wrong"}, kNow);
  store_.note({"configuration", "fanoutd.toml is not in force: it is worse"}, kNow);
  EXPECT_EQ(ask("SELECT what, why, until FROM stuck"),
            "fanoutd|fanoutd.toml is not in force: it is worse (since 2027-01-15 08:00:00)|");
  store_.note({"configuration", ""}, kNow);
  store_.note({"configuration", ""}, kNow);
  EXPECT_EQ(ask("SELECT count(*) FROM stuck"), "0");
}

TEST_F(UpkeepTest, APauseSetByHandIsLeftAloneByALimiterThatDecidesNothing) {
  Batch batch;
  batch.limiters = {{"vendor/oracle", false, kNow, "", "{}"}};
  apply(batch);
  by_hand("UPDATE limiter SET paused = 1");
  apply(batch);
  EXPECT_TRUE(store_.limiters().at(0).paused);
}

TEST_F(UpkeepTest, AnOrderBearsItsOutcomeAndWhenItWasObeyed) {
  by_hand("INSERT INTO control (command, target) VALUES ('start', 'monitoring'), ('redrive', 'all')");
  Batch batch;
  batch.answered = {{1, "started"}, {2, "2 tasks"}};
  apply(batch);
  EXPECT_EQ(ask("SELECT outcome, applied_at FROM control"), "started|1800000000000\n2 tasks|1800000000000");
}

TEST_F(UpkeepTest, OrdersThatWereAnsweredLongAgoAreForgottenButTheLastOne) {
  for (int i = 0; i < 3; ++i) by_hand("INSERT INTO control (command, target) VALUES ('start', 'p')");
  Batch batch;
  batch.answered = {{1, "started run 1"}, {3, "started run 2"}};
  apply(batch);
  EXPECT_FALSE(store_.prune({kNow, kNow}).more) << "they are young";
  prune_all({kNow + seconds(1), kNow});
  EXPECT_EQ(ask("SELECT id FROM control"), "2\n3");
  by_hand("INSERT INTO control (command, target) VALUES ('start', 'p')");
  prune_all({kNow + seconds(1), kNow});
  EXPECT_EQ(ask("SELECT id FROM control"), "2\n4") << "an order that is not answered stays";
}

}  // namespace
}  // namespace fanout
