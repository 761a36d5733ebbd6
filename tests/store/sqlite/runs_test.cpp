// What the rows of runs say, and what somebody may do to them.
#include "store/sqlite/runs.h"

#include "store/sqlite/harness.h"

namespace fanout {
namespace {

class RunsTest : public StoreTest {};

TEST_F(RunsTest, ANoteSaysHowFastUntilWhenAndWhyNot) {
  const auto run = start({});
  Batch batch;
  batch.now = kNow;
  batch.notes = {{run.id, 2.5, {{}, Band<WallTime>{kNow, kNow + seconds(4), kNow + seconds(9)}}, "on hold"}};
  store_.apply(batch);
  EXPECT_EQ(ask("SELECT rate, eta_at, blocked, noted_at FROM run"),
            "2.5|1800000004000|on hold|1800000000000");
  batch.notes = {{run.id, 0, {}, ""}};
  store_.apply(batch);
  EXPECT_EQ(ask("SELECT rate, eta_at, blocked FROM run"), "0.0||");
}

TEST_F(RunsTest, AForecastIsKeptBesideTheNoteSoThatOneCanSeeHowFarItWasOff) {
  const auto run = start({});
  Batch batch;
  batch.now = kNow;
  const Foreseen foreseen{Band<std::int64_t>{90, 100, 120},
                          Band<WallTime>{kNow, kNow + seconds(4), kNow + seconds(9)}};
  batch.notes = {{run.id, 2.5, foreseen, "", "too late", KeptForecast{40, 10, "{}"}}};
  store_.apply(batch);
  batch.now = kNow + seconds(60);
  batch.notes = {{run.id, 2.5, {}, "", "", KeptForecast{45, 5, "{1}"}}};
  store_.apply(batch);
  EXPECT_EQ(ask("SELECT * FROM forecast ORDER BY at"),
            "1|1800000000000|40|10|90|100|120|1800000000000|1800000004000|1800000009000\n"
            "1|1800000060000|45|5||||||");
  EXPECT_EQ(ask("SELECT seen, outlook, calls FROM run"), "{1}||");
  EXPECT_EQ(store_.open_runs().at(0).seen, "{1}");
}

TEST_F(RunsTest, KnowsWhatEarlierCompleteRunsCameTo) {
  EXPECT_TRUE(start({seed("a", 0, "1"), seed("b", 1, "1"), seed("b", 1, "2")}).earlier.empty());
  by_hand("UPDATE task SET state = 'done'");
  finish(1);
  start({seed("a", 0, "1")});
  by_hand("UPDATE task SET state = 'dead' WHERE run = 2");
  finish(2);
  start({seed("a", 0, "1")}, "another");
  const auto third = start({seed("a", 0, "1")});
  ASSERT_EQ(third.earlier.size(), 1u) << "the second died at its root, and says nothing";
  ASSERT_EQ(third.earlier[0].size(), 2u);
  EXPECT_EQ(third.earlier[0][1].level, "b");
  EXPECT_EQ(third.earlier[0][1].tasks, 2);
  EXPECT_EQ(store_.open_runs().back().earlier.size(), 1u);
}

TEST_F(RunsTest, ANumberIsGivenOnceEvenWhenNothingIsLeftOfItsRun) {
  start({seed("a", 0, "1")}, "a");
  EXPECT_EQ(start({}, "b").id, 2);
  by_hand("DELETE FROM run; DELETE FROM task; DELETE FROM tally");
  EXPECT_EQ(start({}, "c").id, 3);
  by_hand("INSERT INTO run (id, pipeline, cause, scheduled_for, started_at) VALUES (7, 'x', 'hand', 0, 0)");
  EXPECT_EQ(start({}, "d").id, 8);
}

// Whoever writes, and without a word of the daemon's.
TEST_F(RunsTest, ASecondOpenRunOfAPipelineIsRefusedByTheTableItself) {
  start({seed("a", 0, "1")});
  const std::string another =
      "INSERT INTO run (pipeline, cause, scheduled_for, started_at) VALUES ('monitoring', 'hand', 0, 0)";
  EXPECT_THROW(by_hand(another), Error);
  by_hand("UPDATE run SET finished_at = 1");
  by_hand(another);
}

TEST_F(RunsTest, ARunThatSomebodyPutsBackToWorkByHandHoldsUpNoOther) {
  start({seed("a", 0, "1")});
  by_hand("UPDATE task SET state = 'skipped'");
  finish(1);
  start({seed("a", 0, "1")});
  by_hand("UPDATE task SET state = 'ready' WHERE run = 1");
  EXPECT_EQ(ask("SELECT id, state, reopened FROM run ORDER BY id"), "1|running|1\n2|running|0");
  by_hand("UPDATE task SET state = 'skipped'");
  EXPECT_TRUE(finish(1) && finish(2));
  by_hand("INSERT INTO task (run, level, depth, key) VALUES (2, 'a', 0, 'new')");
  EXPECT_EQ(start({}).id, 3);
}

}  // namespace
}  // namespace fanout
