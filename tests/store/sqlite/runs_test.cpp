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
  batch.notes = {{run.id, 2.5, kNow + seconds(4), "on hold"}};
  store_.apply(batch);
  EXPECT_EQ(ask("SELECT rate, eta_at, blocked, noted_at FROM run"),
            "2.5|1800000004000|on hold|1800000000000");
  batch.notes = {{run.id, 0, std::nullopt, ""}};
  store_.apply(batch);
  EXPECT_EQ(ask("SELECT rate, eta_at, blocked FROM run"), "0.0||");
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
