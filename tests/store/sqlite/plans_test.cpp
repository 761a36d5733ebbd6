// No statement of the store and no view walks over the tasks or sorts them, whatever ANALYZE made of the
// database in some quiet moment: an empty queue then, a tiny one, or one that is nothing like what comes.
#include <sqlite3.h>

#include <set>

#include "store/sqlite/harness.h"

namespace fanout {
namespace {

using testing::HasSubstr;

struct Statistics {
  std::string name;
  std::string sql;  // what somebody did
};

void PrintTo(const Statistics& statistics, std::ostream* out) { *out << statistics.name; }

const auto kWalks = testing::ContainsRegex("SCAN (task|t|attempt|a|dead_letter|d)( |\n|$)");
const auto kSorts = HasSubstr("TEMP B-TREE");

class PlanTest : public StoreTest {
 protected:
  std::string plan_of(const std::string& sql) {
    Statement statement(other_, "EXPLAIN QUERY PLAN " + sql);
    std::string plan;
    while (statement.step()) plan += std::string(statement.text(3)) + '\n';
    return plan;
  }
};

class PlansTest : public PlanTest, public testing::WithParamInterface<Statistics> {
 protected:
  // Everything that the store is ever asked, once, with what SQLite was told for it.
  std::set<std::string> statements() {
    std::set<std::string> seen;
    sqlite3_trace_v2(
        store_.connection().handle(), SQLITE_TRACE_STMT,
        [](unsigned, void* to, void* statement, void*) {
          static_cast<std::set<std::string>*>(to)->emplace(
              sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
          return 0;
        },
        &seen);
    const auto run = start({seed("a", 0, "1"), seed("a", 0, "2"), seed("a", 0, "3")});
    const auto tasks = claim(run.id, 3);
    settle({died(tasks[0], "500"), put_off(tasks[1], kNow, true), settlement(tasks[2], State::done)});
    Batch batch;
    batch.now = kNow;
    batch.dead = {{false, tasks[0].id, 0, ""}, {true, 0, run.id, ""}, {false, 0, 0, "x"}, {true, 0, 0, ""}};
    batch.parts = {Part{}};
    batch.answer_paths = {AnswerPath{}};
    batch.limiters = {{"vendor/oracle", false, {}, "", "{}"}};
    batch.schedules = {{"x", "* * * * * UTC", kNow}};
    batch.oldest_claim = 1;
    batch.answered = {{1, "done"}};
    batch.notes = {{run.id, 1, {}, "", "", KeptForecast{}}};
    batch.watched_runs = batch.cancel_runs = batch.finish_runs = batch.wake_runs = {run.id};
    batch.read_commands = true;
    store_.apply(batch);
    store_.apply(batch);
    start({});
    store_.recover(kNow);
    store_.latest_part(run.id, "x");
    store_.note({"x", "y"}, kNow);
    store_.owner_of(run.id, "x");
    prune_all({kNow + std::chrono::hours(1), kNow});
    prune_all({kNow + std::chrono::hours(1), kNow + std::chrono::hours(1)});
    sqlite3_trace_v2(store_.connection().handle(), 0, nullptr, nullptr);
    std::erase_if(seen, [](const std::string& sql) {
      return sql.starts_with("PRAGMA") || sql.starts_with("BEGIN") || sql.starts_with("COMMIT") ||
             sql.starts_with("ROLLBACK") || sql.starts_with("--");
    });
    return seen;
  }
};

// What the others look for is how this SQLite says it.
TEST_F(PlanTest, SaysWhereItWalksAndSorts) {
  EXPECT_THAT(plan_of("SELECT * FROM task ORDER BY due_at + 1"), testing::AllOf(kWalks, kSorts));
  EXPECT_THAT(plan_of("SELECT * FROM task AS t ORDER BY due_at + 1"), testing::AllOf(kWalks, kSorts));
}

TEST_P(PlansTest, OfTheViewsDoNotWalkOverTheQueue) {
  by_hand(GetParam().sql);
  for (const std::string view : {"queue", "stuck", "progress"}) {
    const auto plan = plan_of("SELECT * FROM " + view);
    EXPECT_THAT(plan, testing::Not(testing::ContainsRegex("SCAN (task|t)( |\n|$)"))) << view << "\n" << plan;
  }
  const auto plan = plan_of("SELECT * FROM dead");  // walks over dead letters, and nothing else
  EXPECT_THAT(plan, testing::Not(testing::ContainsRegex("SCAN (task|t|attempt|a)( |\n|$)"))) << plan;
}

TEST_P(PlansTest, OfTheStoreDoNotWalkOverTheQueue) {
  const auto asked = statements();
  EXPECT_GT(asked.size(), 35u);
  by_hand(GetParam().sql);
  for (const auto& sql : asked) {
    const auto plan = plan_of(sql);
    if (sql.find("INDEXED BY task_leased") != sql.npos)
      continue;  // of which there are no more than in flight
    if (sql.starts_with("UPDATE task"))
      continue;  // what it changes is not pinned, only the list that it takes
    EXPECT_THAT(plan, testing::Not(testing::ContainsRegex("SCAN (task|t)( |\n|$)"))) << sql << "\n" << plan;
    // Of these a run has one for each level, and a pipeline few.
    const bool is_short = sql.find("FROM tally") != sql.npos || sql.find("FROM run ") != sql.npos;
    if (!is_short) {
      EXPECT_THAT(plan, testing::Not(kSorts)) << sql << "\n" << plan;
    }
  }
}

const std::string kLoad = "; ANALYZE sqlite_schema";
INSTANTIATE_TEST_SUITE_P(
    After, PlansTest,
    testing::Values(
        Statistics{"NoAnalyze", "SELECT 1"}, Statistics{"AnalyzeOfWhatIsThere", "ANALYZE"},
        Statistics{"AnalyzeOfATinyQueue",
                   "INSERT INTO task (run, level, depth, key) VALUES (1, 'a', 0, 'x'), (1, 'a', 0, 'y'), "
                   "(2, 'a', 0, 'z'); ANALYZE"},
        Statistics{
            "StatisticsOfNothing",
            "ANALYZE; DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 VALUES ('task', NULL, '0'), "
            "('run', NULL, '0'), ('task', 'task_ready', '0 0 0 0'), ('task', 'task_waiting', '0 0 0')" +
                kLoad},
        Statistics{"StatisticsOfTwoTasks",
                   "ANALYZE; DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 VALUES "
                   "('task', 'task_identity', '2 2 2 2 2 1'), ('task', 'task_ready', '2 2 2 1'), "
                   "('task', 'task_waiting', '1 1 1'), ('task', 'task_leased', '1 1 1'), "
                   "('run', 'run_open', '1 1')" +
                       kLoad},
        Statistics{"StatisticsOfARunThatIsAlmostAll",
                   "ANALYZE; DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 VALUES "
                   "('task', 'task_identity', '9000000 9000000 3000000 2 1 1'), "
                   "('task', 'task_ready', '9000000 9000000 9000000 1'), ('task', 'task_waiting', '3 3 1'), "
                   "('task', 'task_leased', '9000000 9000000 9000000'), ('run', 'run_open', '400 1'), "
                   "('run', 'run_by_pipeline', '400 400 1'), ('dead_letter', 'dead_letter_by_age', '9 9 9')" +
                       kLoad}),
    [](const auto& the) { return the.param.name; });

}  // namespace
}  // namespace fanout
