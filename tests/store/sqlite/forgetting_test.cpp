// What is left in the tables of a run that is forgotten, and what somebody may do to it meanwhile.
#include "store/sqlite/forgetting.h"

#include "store/sqlite/harness.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ForgettingTest : public StoreTest {
 protected:
  fanout::Run finished(WallTime at, int tasks = 1) {
    std::vector<Seed> seeds;
    for (int i = 0; i < tasks; ++i) seeds.push_back(seed("a", 0, std::to_string(i)));
    const auto run = start(seeds);
    std::vector<Settlement> settlements;
    for (const auto& task : claim(run.id, tasks)) {
      settlements.push_back(settlements.empty() ? died(task, "500") : settlement(task, State::done));
    }
    settle(settlements);
    EXPECT_TRUE(finish(run.id, at));
    return run;
  }
  std::string rows_of_the_first() {
    std::string rows;
    for (const std::string table : {"task", "tally", "part", "answer_path", "forecast", "dead_letter"}) {
      rows += table + " " + ask("SELECT count(*) FROM " + table + " WHERE run = 1") + ", ";
    }
    return rows + "attempt " + ask("SELECT count(*) FROM attempt WHERE task < 2000");
  }
  const WallTime later_ = kNow + seconds(60);
};

TEST_F(ForgettingTest, LeavesNothingButDeadLettersAndThenNothingAtAll) {
  finished(kNow, 1200);
  Batch batch;
  batch.now = kNow;
  batch.parts = {{1, "p", "p", 1, 1, 1, true, ""}};
  batch.answer_paths = {{1, "x", 1}, {1, "y", 2}};
  batch.notes = {{1, 1, {}, "", "", KeptForecast{}}};
  store_.apply(batch);
  EXPECT_EQ(rows_of_the_first(),
            "task 1200, tally 1, part 1, answer_path 2, forecast 1, dead_letter 1, attempt 1");
  finished(kNow + seconds(1));
  by_hand("DELETE FROM attempt WHERE task = (SELECT max(id) FROM task)");  // of the latest run
  std::vector<std::string> left;
  while (store_.prune({later_, kNow}).more) {
    left.push_back(ask("SELECT count(*) FROM task WHERE run = 1"));
    ASSERT_EQ(wrong_tallies() + wrong_dead_letters(), "");
  }
  EXPECT_THAT(left, ElementsAre("1200", "1200", "1200", "701", "201", "1", "1"));
  EXPECT_EQ(rows_of_the_first(),
            "task 1, tally 1, part 0, answer_path 0, forecast 0, dead_letter 1, attempt 1");
  EXPECT_EQ(
      ask("SELECT task, pipeline, reason, request, parents, errors LIKE '%500' FROM dead WHERE run = 1"),
      "1|monitoring|500|GET https://vendor.example/x|{}|1");
  EXPECT_EQ(ask("SELECT run FROM progress"), "2") << "a forgotten run is none that a person wants to see";
  EXPECT_EQ(ask("SELECT run FROM queue"), "2");

  prune_all({later_, later_});
  EXPECT_EQ(rows_of_the_first(),
            "task 0, tally 0, part 0, answer_path 0, forecast 0, dead_letter 0, attempt 0");
  EXPECT_EQ(ask("SELECT id FROM run"), "2");
  EXPECT_EQ(wrong_tallies() + wrong_dead_letters(), "");
}

TEST_F(ForgettingTest, RefusesByHandTooWhatWouldPutARunBackToWorkThatIsNoLongerWhole) {
  finished(kNow, 700);
  finished(kNow);
  for (int pieces = 0; pieces < 8; ++pieces) {
    store_.prune({later_, kNow});
    for (const std::string state : {"'ready'", "'waiting', due_at = 1", "'leased', lease_until = 1"}) {
      EXPECT_THAT(refusal("UPDATE task SET state = " + state + " WHERE run = 1"),
                  HasSubstr("cannot be put back to work"));
    }
    EXPECT_THAT(refusal("INSERT INTO task (run, level, depth, key) VALUES (1, 'a', 0, 'new')"),
                HasSubstr("nothing can be added"));
    ASSERT_EQ(wrong_tallies() + wrong_dead_letters(), "");
  }
  by_hand("DELETE FROM dead_letter WHERE run = 1");
  prune_all({later_, kNow});
  EXPECT_EQ(ask("SELECT id FROM run"), "2")
      << "its dead letter was dropped by hand, so nothing is left to keep";
}

TEST_F(ForgettingTest, TakesTasksOfARunThatSomebodyDeletedToo) {
  finished(kNow, 700);
  start({seed("a", 0, "1")});
  by_hand("DELETE FROM run WHERE id = 1");
  prune_all({kNow, kNow});
  EXPECT_EQ(ask("SELECT DISTINCT run FROM task"), "2");
  EXPECT_EQ(ask("SELECT DISTINCT run FROM tally"), "2");
  EXPECT_EQ(ask("SELECT count(*) FROM dead_letter"), "0");
}

TEST_F(ForgettingTest, GoesOnWhereItWasAfterACommitThatHadToWait) {
  finished(kNow, 1200);
  finished(kNow);
  store_.prune({later_, kNow});
  store_.prune({later_, kNow});
  {
    other_.execute("BEGIN IMMEDIATE");
    EXPECT_THROW(SqliteStore(path(), {}, milliseconds(1)).prune({later_, kNow}), MustWait);
    other_.execute("ROLLBACK");
  }
  prune_all({later_, kNow});
  EXPECT_EQ(ask("SELECT count(*), sum(state = 'dead') FROM task WHERE run = 1"), "1|1");
}

}  // namespace
}  // namespace fanout
