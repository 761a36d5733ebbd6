// How runs begin, end, and are forgotten.
#include "store/sqlite/runs.h"

#include "store/sqlite/harness.h"

namespace fanout {
namespace {

using testing::ElementsAre;

class RunsTest : public StoreTest {
 protected:
  fanout::Run finished(const std::string& pipeline, WallTime at, int tasks = 1) {
    std::vector<Seed> seeds;
    for (int i = 0; i < tasks; ++i) seeds.push_back(seed("a", 0, std::to_string(i)));
    const auto run = start(seeds, pipeline);
    std::vector<Settlement> settlements;
    for (const auto& task : claim(run.id, tasks)) {
      settlements.push_back(settlements.empty() ? died(task, "500") : settlement(task, State::done));
    }
    settle(settlements);
    EXPECT_TRUE(finish(run.id, at));
    return run;
  }
  int prune_all(WallTime before) {
    int turns = 0;
    while (store_.prune(before)) ++turns;
    return turns;
  }
};

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

TEST_F(RunsTest, AnOldRunIsForgottenInSmallBatchesWithAllThatIsItsOwn) {
  const auto old = finished("monitoring", kNow, 1200);
  Batch batch;
  batch.now = kNow;
  batch.parts = {{old.id, "p", "p", 1, 1, 1, true, ""}};
  store_.apply(batch);
  const auto latest = finished("monitoring", kNow + seconds(1));
  std::vector<std::string> left;
  while (store_.prune(kNow + seconds(60))) left.push_back(ask("SELECT count(*) FROM task WHERE run = 1"));
  EXPECT_THAT(left, ElementsAre("700", "200", "0", "0"));
  EXPECT_EQ(ask("SELECT id FROM run"), std::to_string(latest.id));
  for (const std::string table : {"task", "tally", "part", "dead_letter"}) {
    EXPECT_EQ(ask("SELECT count(*) FROM " + table + " WHERE run = 1"), "0") << table;
  }
  EXPECT_EQ(ask("SELECT count(*) FROM attempt"), "1") << "of the latest run";
  EXPECT_EQ(wrong_tallies() + wrong_dead_letters(), "");
}

TEST_F(RunsTest, TheTalliesAddUpBetweenTwoBatchesOfForgetting) {
  finished("monitoring", kNow, 700);
  finished("monitoring", kNow);
  EXPECT_TRUE(store_.prune(kNow + seconds(1)));
  EXPECT_EQ(wrong_tallies() + wrong_dead_letters(), "");
}

TEST_F(RunsTest, ARunThatIsPutBackToWorkWhileItIsForgottenStays) {
  finished("monitoring", kNow, 700);
  finished("monitoring", kNow);
  EXPECT_TRUE(store_.prune(kNow + seconds(1)));
  by_hand("UPDATE task SET state = 'ready' WHERE id = (SELECT max(id) FROM task WHERE run = 1)");
  EXPECT_FALSE(store_.prune(kNow + seconds(1)));
  EXPECT_EQ(ask("SELECT count(*) FROM task WHERE run = 1"), "200");
}

TEST_F(RunsTest, TasksOfARunThatSomebodyDeletedAreForgottenToo) {
  finished("monitoring", kNow, 700);
  start({seed("a", 0, "1")});
  by_hand("DELETE FROM run WHERE id = 1");
  prune_all(kNow);
  EXPECT_EQ(ask("SELECT DISTINCT run FROM task"), "2");
  EXPECT_EQ(ask("SELECT DISTINCT run FROM tally"), "2");
}

TEST_F(RunsTest, ANumberIsGivenOnceEvenWhenNothingIsLeftOfItsRun) {
  start({seed("a", 0, "1")});
  EXPECT_EQ(start({}).id, 2);
  by_hand("DELETE FROM run; DELETE FROM task; DELETE FROM tally");
  EXPECT_EQ(start({}).id, 3);
  by_hand("INSERT INTO run (id, pipeline, cause, scheduled_for, started_at) VALUES (7, 'x', 'hand', 0, 0)");
  EXPECT_EQ(start({}).id, 8);
}

}  // namespace
}  // namespace fanout
