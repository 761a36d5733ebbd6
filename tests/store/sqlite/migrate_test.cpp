// Which databases are taken, and that a refused one stays as it is.
#include "store/sqlite/migrate.h"

#include <sqlite3.h>

#include <fstream>

#include "store/sqlite/harness.h"
#include "store/sqlite/schema.h"

namespace fanout {
namespace {

using testing::HasSubstr;

class MigrateTest : public testing::Test {
 protected:
  std::filesystem::path path() const { return folder_.path() / "fanoutd.db"; }

  void write(const std::string& bytes) { std::ofstream(path(), std::ios::binary) << bytes; }

  void make(const std::string& sql) { Database(path(), Database::Mode::create).execute(sql); }

  // Opens it as the daemon does, is refused, and finds both files as they were and none more.
  std::string refusal() {
    const auto log = path().string() + "-wal";
    const bool has_log = std::filesystem::exists(log);
    const auto before = contents_of(path()), log_before = contents_of(log);
    std::string what;
    try {
      SqliteStore store(path());
    } catch (const Error& error) {
      what = error.what();
      hint_ = error.hint();
      EXPECT_NE(hint_, "");
    }
    EXPECT_EQ(contents_of(path()), before);
    EXPECT_EQ(contents_of(log), log_before);
    if (!has_log) {
      const std::filesystem::directory_iterator files(folder_.path());
      EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "a file was left beside it";
    }
    return what;
  }

  // Of a file that SQLite itself can't read: the words are SQLite's, the way out is ours.
  std::string way_out() {
    EXPECT_NE(refusal(), "");
    return hint_;
  }

  TemporaryFolder folder_;
  std::string hint_;
};

TEST_F(MigrateTest, ANewDatabaseIsOfTheNewestVersionAndBearsOurName) {
  SqliteStore store(path());
  Database database(path(), Database::Mode::read_only);
  EXPECT_EQ(database.number("PRAGMA user_version"), newest_version());
  EXPECT_EQ(database.number("PRAGMA application_id"), kApplicationId);
  EXPECT_EQ(check_version(database), newest_version());
}

// Whoever looks beside us, such as fanoutctl, would take half of it for a database of an older version.
TEST_F(MigrateTest, AllStepsAreOneCommit) {
  Database database(path(), Database::Mode::create);
  int commits = 0;
  sqlite3_commit_hook(
      database.handle(), [](void* count) { return ++*static_cast<int*>(count) > 99 ? 1 : 0; }, &commits);
  migrate(database);
  EXPECT_EQ(commits, 1);
  EXPECT_EQ(check_version(database), newest_version());
}

TEST_F(MigrateTest, OneOfOursIsOpenedAgainAndKeepsItsRows) {
  {
    SqliteStore store(path());
    Batch batch;
    batch.new_runs.emplace_back().run.pipeline = "monitoring";
    store.apply(batch);
  }
  SqliteStore store(path());
  EXPECT_EQ(store.open_runs().size(), 1u);
}

TEST_F(MigrateTest, AnEmptyFileIsTakenForNew) {
  write("");
  SqliteStore store(path());
  EXPECT_TRUE(store.open_runs().empty());
}

TEST_F(MigrateTest, OneThatACrashLeftBeforeItsFirstStepIsFinished) {
  make("PRAGMA journal_mode = WAL");
  SqliteStore store(path());
  EXPECT_TRUE(store.open_runs().empty());
}

TEST_F(MigrateTest, AnotherProgramsIsRefused) {
  make("CREATE TABLE invoice (id INTEGER PRIMARY KEY); PRAGMA user_version = 3");
  EXPECT_THAT(refusal(), HasSubstr("is a database of another program"));
}

TEST_F(MigrateTest, AnotherProgramsInWalModeIsRefused) {
  make("PRAGMA journal_mode = WAL; CREATE TABLE invoice (id INTEGER PRIMARY KEY)");
  EXPECT_THAT(refusal(), HasSubstr("is a database of another program"));
}

TEST_F(MigrateTest, AnotherProgramsWithALogThatIsNotMovedYetIsRefused) {
  make("PRAGMA journal_mode = WAL; CREATE TABLE invoice (id INTEGER PRIMARY KEY)");
  Database(path(), Database::Mode::read_write).execute("INSERT INTO invoice VALUES (1)");
  ASSERT_GT(std::filesystem::file_size(path().string() + "-wal"), 0u);
  EXPECT_THAT(refusal(), HasSubstr("is a database of another program"));
}

TEST_F(MigrateTest, ANewerOneIsRefused) {
  { SqliteStore store(path()); }
  std::filesystem::remove(path().string() + "-wal");
  std::filesystem::remove(path().string() + "-shm");
  make("PRAGMA user_version = 9999");
  EXPECT_THAT(refusal(), HasSubstr("is of a newer fanoutd (schema 9999"));
}

TEST_F(MigrateTest, ANewerOneWhoseVersionIsStillInTheLogIsRefused) {
  { SqliteStore store(path()); }
  Database(path(), Database::Mode::read_write).execute("PRAGMA user_version = 9999");
  ASSERT_GT(std::filesystem::file_size(path().string() + "-wal"), 0u);
  EXPECT_THAT(refusal(), HasSubstr("is of a newer fanoutd"));
}

TEST_F(MigrateTest, WhatIsNoDatabaseIsRefused) {
  write(std::string(10'000, 'x'));
  EXPECT_THAT(way_out(), HasSubstr("the file is damaged or no database of fanoutd"));
}

TEST_F(MigrateTest, HalfADatabaseIsRefused) {
  { SqliteStore store(path()); }
  std::filesystem::remove(path().string() + "-wal");
  std::filesystem::remove(path().string() + "-shm");
  std::filesystem::resize_file(path(), std::filesystem::file_size(path()) / 2 / 4096 * 4096);
  EXPECT_THAT(way_out(), HasSubstr("the file is damaged or no database of fanoutd"));
}

TEST_F(MigrateTest, OneWhoseSchemaIsDamagedIsRefused) {
  { SqliteStore store(path()); }
  std::filesystem::remove(path().string() + "-wal");
  std::filesystem::remove(path().string() + "-shm");
  auto bytes = contents_of(path());
  bytes.replace(100, 400, std::string(400, '\xff'));
  write(bytes);
  EXPECT_THAT(way_out(), HasSubstr("the file is damaged or no database of fanoutd"));
}

TEST_F(MigrateTest, AStepThatFailsLeavesNothingOfItself) {
  Database database(path(), Database::Mode::create);
  database.execute("PRAGMA max_page_count = 10");
  EXPECT_THROW(migrate(database), MustWait);
  EXPECT_EQ(database.number("SELECT count(*) FROM sqlite_schema"), 0);
  EXPECT_EQ(database.number("PRAGMA user_version"), 0);
  database.execute("PRAGMA max_page_count = 10000");
  migrate(database);
  EXPECT_EQ(check_version(database), newest_version());
}

// A queue of each version before, with a task in every state, opened by this one.
class EarlierVersionTest : public MigrateTest, public testing::WithParamInterface<int> {};

TEST_P(EarlierVersionTest, GoesOnWhereItWas) {
  {
    Database before(path(), Database::Mode::create);
    before.execute("PRAGMA journal_mode = WAL");
    for (const auto& step : schema_steps()) {
      if (step.version <= GetParam()) before.execute(std::string(step.sql));
    }
    before.execute("PRAGMA user_version = " + std::to_string(GetParam()));
    before.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
    before.execute(R"(
      INSERT INTO run (id, pipeline, cause, scheduled_for, started_at) VALUES (5, 'p', 'schedule', 1, 1);
      INSERT INTO task (id, run, level, depth, key, state, )" +
                   std::string(GetParam() < 9 ? "lease, due_at, lease_until, place"
                                              : "claim, due_at, lease_until, record") +
                   R"() VALUES
        (1, 5, 'a', 0, '1', 'ready', 0, NULL, NULL, NULL), (2, 5, 'a', 0, '2', 'waiting', 3, 1800000000000, NULL, NULL),
        (3, 5, 'a', 0, '3', 'leased', 4, NULL, 1800000000000, NULL), (4, 5, 'a', 0, '4', 'done', 1, NULL, NULL, 'x'),
        (5, 5, 'a', 0, '5', 'skipped', 2, NULL, NULL, 'gone'), (6, 5, 'a', 0, '6', 'dead', 2, NULL, NULL, '500');
      INSERT INTO part VALUES ('f-5-1', 5, 'f', 1, 10, 1, 0, '');
      INSERT INTO limiter (subject, paused, state) VALUES ('vendor/oracle', 1, '{"considered":7}');
      INSERT INTO limiter (subject, paused, state) VALUES ('pipeline/p', 1, '{"considered":1800000000000}'),
        ('pipeline/no-schedule', 0, '{"considered":0}'), ('pipeline/by-hand', 1, '{}'), ('pipeline/torn', 1, '{');
      INSERT INTO control (command, target) VALUES ('start', 'p');)");
    // Two runs of one pipeline were open when one that had ended was put back to work.
    if (GetParam() < 7) {
      before.execute(
          "INSERT INTO run (id, pipeline, cause, scheduled_for, started_at) VALUES (3, 'p', 'once', 1, 1)");
    }
    // Since this version the numbers come from a table, which it keeps itself.
    if (GetParam() >= 4) before.execute("UPDATE counter SET value = iif(name = 'run', 5, 4)");
  }
  SqliteStore store(path());
  const auto recovered = store.recover(kNow);
  EXPECT_EQ(recovered.leases_taken_back(), 1);
  EXPECT_EQ(recovered.open_parts.size(), 1u);
  for (const auto& row : recovered.limiters) EXPECT_EQ(row.paused, row.subject != "pipeline/no-schedule");
  EXPECT_EQ(recovered.limiters.size(), 5u);
  if (GetParam() < 8) {
    ASSERT_EQ(recovered.schedules.size(), 1u);
    EXPECT_EQ(recovered.schedules[0].pipeline, "p");
    EXPECT_EQ(recovered.schedules[0].text, "");
    EXPECT_EQ(recovered.schedules[0].considered, kNow);
  }
  ASSERT_EQ(recovered.open_runs.size(), GetParam() < 7 ? 2u : 1u);
  for (const auto& run : recovered.open_runs) EXPECT_EQ(run.reopened, run.id == 3);
  if (GetParam() < 9) {
    EXPECT_EQ(
        store.connection().number("SELECT count(*) FROM task WHERE (id = 4) = (record IS 'x') AND (id = 5) = "
                                  "(reason IS 'gone') AND (id = 6) = (reason IS '500')"),
        6);
  }
  Batch batch;
  batch.now = kNow;
  batch.dead = {{false, 6, 0, ""}};
  batch.claims.push_back({5, 10, kNow + seconds(60)});
  batch.read_commands = true;
  auto applied = store.apply(batch);
  EXPECT_EQ(applied.commands.size(), 1u);
  ASSERT_EQ(applied.claimed.size(), 4u);
  batch = Batch{};
  batch.now = kNow;
  for (const auto& task : applied.claimed) {
    EXPECT_GT(task.claim, 4);
    batch.settlements.push_back(settlement(task, State::done));
  }
  batch.finish_runs = {5};
  batch.new_runs.emplace_back().run.pipeline = "p";
  applied = store.apply(batch);
  EXPECT_EQ(applied.finished.size(), 1u);
  EXPECT_EQ(applied.new_runs.at(0).id, 6);
  for (const std::string view : {"queue", "stuck", "dead", "progress"}) {
    store.connection().number("SELECT count(*) FROM " + view);
  }
  EXPECT_EQ(store.connection().number("SELECT done FROM tally WHERE run = 5"), 5);
}
INSTANTIATE_TEST_SUITE_P(Of, EarlierVersionTest, testing::Range(1, newest_version()),
                         [](const auto& the) { return "Schema" + std::to_string(the.param); });

}  // namespace
}  // namespace fanout
