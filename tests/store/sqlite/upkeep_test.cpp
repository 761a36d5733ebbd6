// The rows beside the queue: parts, limiters, orders.
#include "store/sqlite/upkeep.h"

#include "store/sqlite/harness.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class UpkeepTest : public StoreTest {
 protected:
  Applied apply(Batch batch) {
    batch.now = kNow;
    return store_.apply(batch);
  }
  std::vector<Command> open_commands() {
    Batch batch;
    batch.read_commands = true;
    return apply(batch).commands;
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
  EXPECT_THAT(store_.recover(kNow).open_parts, ElementsAre(Part{1, "p-2", "p", 2, 5, 1, false, ""}));
}

TEST_F(UpkeepTest, TheLatestPartIsOfTheSameRunAndBaseSealedOrNot) {
  Batch batch;
  batch.parts = {{1, "p-1", "p", 1, 100, 3, true, ""},
                 {1, "p-2", "p", 2, 5, 1, true, ""},
                 {1, "q-3", "q", 3, 5, 1, false, ""},
                 {2, "p-4", "p", 4, 5, 1, false, ""}};
  apply(batch);
  EXPECT_EQ(store_.latest_part(1, "p"), 2);
  EXPECT_EQ(store_.latest_part(1, "q"), 3);
  EXPECT_EQ(store_.latest_part(2, "q"), 0);
}

TEST_F(UpkeepTest, ALimiterRowIsReplaced) {
  Batch batch;
  batch.limiters = {{"vendor/oracle", false, kNow, "on hold", R"({"windows":[]})"}};
  apply(batch);
  batch.limiters = {{"vendor/oracle", true, {}, "", "{}"}};
  batch.limiters[0].decides_pause = true;
  apply(batch);
  const auto rows = store_.limiters();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].subject, "vendor/oracle");
  EXPECT_TRUE(rows[0].paused);
  EXPECT_EQ(rows[0].hold_until, WallTime{});
  EXPECT_EQ(rows[0].why, "");
  EXPECT_EQ(rows[0].state, "{}");
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

TEST_F(UpkeepTest, AnOrderIsReadUntilItIsAnswered) {
  by_hand("INSERT INTO control (command, target) VALUES ('start', 'monitoring'), ('redrive', 'all')");
  const auto commands = open_commands();
  ASSERT_THAT(commands, SizeIs(2));
  EXPECT_EQ(commands[0].command, "start");
  EXPECT_EQ(commands[0].target, "monitoring");
  EXPECT_THAT(open_commands(), SizeIs(2));
  Batch batch;
  batch.answered = {{commands[0].id, "started"}, {commands[1].id, "2 tasks"}};
  apply(batch);
  EXPECT_THAT(open_commands(), IsEmpty());
  EXPECT_EQ(ask("SELECT outcome, applied_at FROM control"), "started|1800000000000\n2 tasks|1800000000000");
}

TEST_F(UpkeepTest, AtMostAHundredOrdersAreReadAtOnceTheOldestFirst) {
  by_hand(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150) "
      "INSERT INTO control (command, target) SELECT 'pause', i FROM n");
  const auto commands = open_commands();
  ASSERT_THAT(commands, SizeIs(100));
  EXPECT_EQ(commands.front().id, 1);
  EXPECT_EQ(commands.back().id, 100);
}

TEST_F(UpkeepTest, OrdersAreOnlyReadWhenTheyAreWanted) {
  by_hand("INSERT INTO control (command, target) VALUES ('start', 'monitoring')");
  EXPECT_THAT(apply({}).commands, IsEmpty());
}

TEST_F(UpkeepTest, OrdersThatWereAnsweredLongAgoAreForgottenButTheLastOne) {
  for (int i = 0; i < 3; ++i) by_hand("INSERT INTO control (command, target) VALUES ('start', 'p')");
  Batch batch;
  batch.answered = {{1, "started run 1"}, {3, "started run 2"}};
  apply(batch);
  EXPECT_FALSE(store_.prune(kNow)) << "they are young";
  while (store_.prune(kNow + seconds(1))) {
  }
  EXPECT_EQ(ask("SELECT id FROM control"), "2\n3");
  by_hand("INSERT INTO control (command, target) VALUES ('start', 'p')");
  while (store_.prune(kNow + seconds(1))) {
  }
  EXPECT_EQ(ask("SELECT id FROM control"), "2\n4") << "an order that is not answered stays";
}

}  // namespace
}  // namespace fanout
