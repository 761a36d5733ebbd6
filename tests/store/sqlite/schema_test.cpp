// What the database itself promises to everybody who writes to it or reads it by hand.
#include "store/sqlite/schema.h"

#include <sqlite3.h>

#include <random>

#include "store/sqlite/harness.h"
#include "store/sqlite/migrate.h"

namespace fanout {
namespace {

using testing::HasSubstr;

class SchemaTest : public StoreTest {
 protected:
  // By the constraint that is broken, which the error names by SQLite's number for its kind.
  void expect_broken(int constraint, const std::string& sql) {
    EXPECT_THAT(refusal(sql), HasSubstr("(" + std::to_string(constraint) + ", while")) << sql;
  }
};

TEST_F(SchemaTest, EachStepHasANumberAboveThoseBeforeIt) {
  int version = 0;
  for (const auto& step : schema_steps()) {
    EXPECT_GT(step.version, version) << step.name;
    version = step.version;
  }
}

TEST_F(SchemaTest, AForecastIsShownWhileItHolds) {
  start({seed("a", 0, "1")});
  struct Row {
    const char* about;
    const char* change;
    const char* shown;  // whether there is an eta
  };
  const Row rows[] = {
      {"it moves", "", "1"},
      {"it is held up, and it is known for how long", "blocked = 'on hold', ", "1"},
      {"nobody has written it for long", "noted_at = unixepoch('now') * 1000 - 300000, ", "0"},
      {"it has ended", "finished_at = 1, ", "0"},
  };
  for (const auto& [about, change, shown] : rows) {
    by_hand("UPDATE run SET blocked = '', finished_at = NULL, noted_at = unixepoch('now') * 1000");
    by_hand(std::string("UPDATE run SET ") + change + "eta_at = unixepoch('now') * 1000 + 60000");
    EXPECT_EQ(ask("SELECT count(eta) FROM progress"), shown) << about;
  }
}

TEST_F(SchemaTest, EveryTableIsStrict) {
  EXPECT_EQ(ask("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict "
                "AND name NOT LIKE 'sqlite_%'"),
            "");
  expect_broken(SQLITE_CONSTRAINT_DATATYPE,
                "INSERT INTO run (pipeline, cause, scheduled_for, started_at) VALUES ('p', 'c', 'today', 0)");
}

TEST_F(SchemaTest, AStateOrOrderThatIsNoneIsRefused) {
  start({seed("a", 0, "1")});
  expect_broken(SQLITE_CONSTRAINT_CHECK, "UPDATE task SET state = 'asleep'");
  expect_broken(SQLITE_CONSTRAINT_CHECK, "INSERT INTO control (command) VALUES ('explode')");
}

TEST_F(SchemaTest, AStateThatWouldNeverEndIsRefusedWithTheReason) {
  start({seed("a", 0, "1")});
  EXPECT_THAT(refusal("UPDATE task SET state = 'waiting'"), HasSubstr("a waiting task needs due_at"));
  EXPECT_THAT(refusal("UPDATE task SET state = 'leased'"), HasSubstr("a leased task needs lease_until"));
}

TEST_F(SchemaTest, ATaskIsNotReplacedUnnoticed) {
  start({seed("a", 0, "1"), seed("a", 0, "2")});
  const std::string refused = "such a task is there already";
  EXPECT_THAT(refusal("INSERT OR REPLACE INTO task (run, level, depth, key) VALUES (1, 'a', 0, '1')"),
              HasSubstr(refused));
  EXPECT_THAT(refusal("INSERT OR REPLACE INTO task (id, run, level, depth, key) VALUES (2, 9, 'z', 0, 'x')"),
              HasSubstr(refused));
  EXPECT_THAT(refusal("UPDATE OR REPLACE task SET key = '1' WHERE id = 2"), HasSubstr(refused));
  EXPECT_THAT(refusal("UPDATE task SET id = 7 WHERE id = 2"), HasSubstr("a task keeps its number"));
  EXPECT_THAT(refusal("UPDATE task SET rowid = 7 WHERE id = 2"), HasSubstr("a task keeps its number"));
  EXPECT_EQ(ask("SELECT ready FROM tally"), "2");
}

TEST_F(SchemaTest, ATaskThatIsMovedToAnotherRunOrLevelIsCountedThere) {
  start({seed("a", 0, "1"), seed("a", 0, "2")});
  start({}, "billing");
  by_hand("UPDATE task SET level = 'b', depth = 1, state = 'dead' WHERE id = 1");
  by_hand("UPDATE task SET run = 2 WHERE id = 1");
  EXPECT_EQ(ask("SELECT run, level, ready, dead FROM tally WHERE ready + dead > 0"), "1|a|1|0\n2|b|0|1");
  EXPECT_EQ(wrong_tallies() + wrong_dead_letters(), "");
}

TEST_F(SchemaTest, ARunWithSomethingToDoGoesOn) {
  const auto run = start({seed("a", 0, "1")});
  settle({settlement(claim(run.id, 1).at(0), State::done)});
  const std::string finished = "finished|1800000000000";
  for (const std::string sql : {"UPDATE task SET state = 'ready' WHERE id = 1",
                                "INSERT INTO task (run, level, depth, key) VALUES (1, 'a', 0, 'new')"}) {
    ASSERT_TRUE(finish(run.id));
    ASSERT_EQ(ask("SELECT state, finished_at FROM run"), finished);
    by_hand(sql);
    EXPECT_EQ(ask("SELECT state, finished_at FROM run"), "running|") << sql;
    by_hand("UPDATE task SET state = 'skipped'");
  }
  EXPECT_EQ(wrong_tallies(), "");
}

TEST_F(SchemaTest, DeadByHandHasADeadLetterAndForgettingOneDropsItsTask) {
  start({seed("a", 0, "1"), seed("a", 0, "2")});
  by_hand("UPDATE task SET state = 'dead'");
  by_hand("INSERT INTO task (run, level, depth, key, state) VALUES (1, 'a', 0, '3', 'dead')");
  EXPECT_EQ(ask("SELECT task, reason FROM dead_letter"),
            "1|given up on by hand\n2|given up on by hand\n3|given up on by hand");
  by_hand("DELETE FROM dead_letter WHERE task = 1");
  EXPECT_EQ(ask("SELECT state, reason FROM task WHERE id = 1"), "skipped|dropped by hand");
  by_hand("DELETE FROM task WHERE id = 2");
  EXPECT_EQ(ask("SELECT task FROM dead_letter"), "3");
  EXPECT_EQ(wrong_tallies() + wrong_dead_letters(), "");
}

// Whatever is done by hand and by the daemon, in any order: what is counted is what is there.
class TallyTest : public SchemaTest, public testing::WithParamInterface<unsigned> {
 protected:
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  std::string one_of(const std::vector<std::string>& words) {
    return words[static_cast<std::size_t>(below(static_cast<int>(words.size())))];
  }

  std::string edit() {
    const auto task = std::to_string(1 + below(40));
    const auto state =
        one_of({"state = 'ready'", "state = 'waiting', due_at = 1800000001000", "state = 'dead'",
                "state = 'leased', lease_until = 1800000001000", "state = 'done'", "state = 'skipped'"});
    const auto place = std::to_string(1 + below(2)) + ", '" + one_of({"a", "b", "c"}) + "', 1, '" +
                       std::to_string(below(20)) + "'";
    const auto into = one_of({"INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"}) + " INTO task ";
    const auto update =
        one_of({"UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE", "UPDATE OR FAIL"}) + " task SET ";
    switch (below(9)) {
      case 0:
        return into + "(run, level, depth, key) VALUES (" + place + ")";
      case 1:
        return into + "(id, run, level, depth, key, state) VALUES (" + task + ", " + place + ", 'dead')";
      case 2:
        return "DELETE FROM task WHERE id = " + task;
      case 3:
        return update + "level = '" + one_of({"a", "b", "d"}) + "', run = run % 2 + 1 WHERE id = " + task;
      case 4:
        return update + "key = '" + std::to_string(below(20)) + "', " + state + " WHERE id % 7 = " + task +
               " % 7";
      case 5:
        return "DELETE FROM dead_letter WHERE task = " + task;
      case 6:
        return update + "id = id + 1, " + state + " WHERE id = " + task;
      default:
        return update + state + " WHERE id = " + task;
    }
  }

  void daemon() {
    Batch batch;
    batch.now = kNow + seconds(below(5));
    for (auto& task : claimed_) {
      const auto to = below(4);
      batch.settlements.push_back(to == 0   ? died(task, "500")
                                  : to == 1 ? put_off(task, batch.now + seconds(below(3)), true)
                                            : settlement(task, to == 2 ? State::done : State::ready));
      batch.settlements.back().seeds = {seed("b", 1, std::to_string(below(30)), below(2)),
                                        seed("c", 2, std::to_string(below(30)))};
    }
    for (int run = 1; run <= 2; ++run) {
      batch.claims.push_back({run, below(4), batch.now + seconds(60)});
      if (below(10) == 0) batch.finish_runs.push_back(run);
      if (below(20) == 0) batch.cancel_runs.push_back(run);
    }
    if (below(5) == 0) batch.dead.push_back({below(2) == 0, below(3) * 5, 0, ""});
    claimed_ = store_.apply(batch).claimed;
    if (below(10) == 0) store_.recover(batch.now);
    if (below(30) == 0) store_.prune({kNow + seconds(60), kNow + seconds(below(2) * 60)});
  }

  std::mt19937 random_{GetParam()};
  std::vector<Task> claimed_;
};

TEST_P(TallyTest, AddsUpWhoeverWrites) {
  by_hand("PRAGMA synchronous = OFF");
  start({seed("a", 0, "1"), seed("a", 0, "2"), seed("a", 0, "3")});
  start({seed("a", 0, "1"), seed("b", 1, "2")}, "billing");
  for (int i = 0; i < 150; ++i) {
    const auto sql = edit();
    const auto refused = refusal(sql);
    ASSERT_EQ(wrong_tallies() + wrong_dead_letters(), "") << i << ": " << sql << "\n" << refused;
    if (i % 3 == 0) daemon();
    ASSERT_EQ(wrong_tallies() + wrong_dead_letters(), "") << "after the daemon's turn that followed " << sql;
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, TallyTest, testing::Range(1u, 9u),
                         [](const auto& row) { return "Seed" + std::to_string(row.param); });

TEST_F(SchemaTest, QueueShowsALinePerPipelineAndLevelOfTheLatestRunAndEveryOpenOne) {
  const auto old = start({seed("a", 0, "1")}, "billing");
  settle({settlement(claim(old.id, 1).at(0), State::done)});
  finish(old.id);
  const auto billing = start({seed("a", 0, "1")}, "billing");
  settle({settlement(claim(billing.id, 1).at(0), State::skipped)});
  finish(billing.id);
  start({seed("a", 0, "1"), seed("a", 0, "2"), seed("b", 1, "1")});
  EXPECT_EQ(
      ask("SELECT pipeline, run, level, ready, waiting, leased, done, skipped, dead, oldest FROM queue"),
      "billing|2|a|0|0|0|0|1|0|\n"
      "monitoring|3|a|2|0|0|0|0|0|2027-01-15 08:00:00\n"
      "monitoring|3|b|1|0|0|0|0|0|2027-01-15 08:00:00");
}

TEST_F(SchemaTest, StuckSaysWhatDoesNotMoveAndWhy) {
  const auto run = start({seed("a", 0, "1"), seed("a", 0, "2"), seed("a", 0, "3")});
  const auto tasks = claim(run.id, 3);
  auto retry = put_off(tasks[0], kNow + seconds(30), false);
  retry.failure = Failure{1, 500, "500 Internal Server Error"};
  Batch batch;
  batch.now = kNow + std::chrono::hours(1);
  batch.settlements = {retry, put_off(tasks[1], kNow + std::chrono::hours(2), true)};
  batch.settlements[0].due = kNow + std::chrono::hours(3);
  batch.limiters = {{"pipeline/monitoring", true, {}, "", "{}"},
                    {"vendor/oracle", false, kNow + seconds(60), "on hold: 429", "{}", kNow + seconds(90)},
                    {"vendor/well", false, {}, "", "{}"}};
  batch.notes = {{run.id, 1.0, {}, "paused"}};
  store_.apply(batch);
  EXPECT_EQ(ask("SELECT what, run, level, task, why, until FROM stuck"),
            "pipeline/monitoring||||paused; to go on: fanoutctl resume monitoring|\n"
            "vendor/oracle||||on hold: 429|2027-01-15 08:01:30\n"
            "run of monitoring|1|||paused|\n"
            "task of monitoring|1|a|2|snoozed|2027-01-15 10:00:00\n"
            "task of monitoring|1|a|1|500 Internal Server Error|2027-01-15 11:00:00\n"
            "task of monitoring|1|a|3|its lease is over and nobody has settled it|2027-01-15 08:05:00");
  // What is left is worked out when somebody looks, and so never stale.
  EXPECT_EQ(ask("SELECT count(*) FROM stuck WHERE until IS NOT NULL AND"
                " abs(seconds_left - max(unixepoch(until) - unixepoch('now'), 0)) <= 1"),
            "4");
  by_hand("UPDATE limiter SET next_at = 1000");
  EXPECT_EQ(ask("SELECT until, seconds_left FROM stuck WHERE what = 'vendor/oracle'"),
            "1970-01-01 00:00:01|0");
}

TEST_F(SchemaTest, StuckIsNeverLongerThanAPersonReads) {
  std::vector<Seed> seeds;
  for (int i = 0; i < 300; ++i) seeds.push_back(seed("a", 0, std::to_string(i)));
  start(seeds);
  by_hand("UPDATE task SET state = 'waiting', due_at = 1800000000000 + id");
  EXPECT_EQ(ask("SELECT count(*), min(until), max(task) FROM stuck"), "100|2027-01-15 08:00:00|100");
}

TEST_F(SchemaTest, DeadShowsAncestorsRequestAndEveryError) {
  auto child = seed("data", 1, "1");
  child.parents = R"({"troop":{"id":7}})";
  const auto run = start({child});
  auto retry = put_off(claim(run.id, 1).at(0), kNow, false);
  retry.failure = Failure{1, 503, "503"};
  settle({retry}, kNow);
  settle({died(claim(run.id, 1).at(0), "400 Bad Request", 400)}, kNow + seconds(5));
  EXPECT_EQ(ask("SELECT task, pipeline, run, level, died, status, reason, request, parents, attempts, errors "
                "FROM dead"),
            R"(1|monitoring|1|data|2027-01-15 08:00:05|400|400 Bad Request|GET https://vendor.example/x|)"
            R"({"troop":{"id":7}}|2|08:00:00 503)"
            "\n08:00:05 400 Bad Request");
}

TEST_F(SchemaTest, ProgressShowsRunsWithWhatIsExpectedAndWhen) {
  const auto run = start({seed("a", 0, "1"), seed("a", 0, "2"), seed("a", 0, "3")});
  const auto tasks = claim(run.id, 2);
  Batch batch;
  batch.now = kNow;
  batch.settlements = {settlement(tasks[0], State::done), died(tasks[1], "500")};
  const Foreseen foreseen{Band<std::int64_t>{4, 5, 7},
                          Band<WallTime>{kNow + seconds(50), kNow + seconds(60), kNow + seconds(90)}};
  batch.notes = {{run.id, 12.345, {}, "paused", "it will not do"}};
  store_.apply(batch);
  EXPECT_EQ(ask("SELECT run, pipeline, state, cause, started, finished, expected, settled, dead, rate, eta, "
                "blocked FROM progress"),
            "1|monitoring|running|once|2027-01-15 08:00:00||3|2|1|12.3||paused");
  EXPECT_EQ(ask("SELECT outlook FROM progress"), "it will not do");
  Batch later;
  later.now = kNow;
  later.notes = {{run.id, 12.345, foreseen, ""}};
  store_.apply(later);
  EXPECT_EQ(ask("SELECT eta_low, eta, eta_high FROM progress"),
            "2027-01-15 08:00:50|2027-01-15 08:01:00|2027-01-15 08:01:30");
  EXPECT_EQ(ask("SELECT calls_low, calls, calls_high, outlook FROM progress"), "4|5|7|");
}

}  // namespace
}  // namespace fanout
