// One transaction's worth of work: all of it or nothing.
#include "store/sqlite/sqlite_store.h"

#include <fmt/format.h>

#include <fstream>

#include "store/sqlite/harness.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SqliteStoreTest : public StoreTest {
 protected:
  std::string everything() {
    std::string all;
    for (const std::string table :
         {"run", "task", "attempt", "dead_letter", "part", "tally", "limiter", "control"}) {
      all += table + ":\n" + ask("SELECT * FROM " + table) + "\n";
    }
    return all;
  }
};

TEST_F(SqliteStoreTest, ARecordWhoseTaskIsLeasedNoLongerLetsNothingThrough) {
  const auto run = start({seed("a", 0, "1"), seed("a", 0, "2"), seed("a", 0, "3")});
  const auto tasks = claim(run.id, 3);
  by_hand("UPDATE task SET state = 'ready' WHERE id = 2");
  Batch batch;
  batch.now = kNow;
  for (const auto& task : tasks) {
    batch.settlements.push_back(settlement(task, State::done));
    batch.settlements.back().keeps_record = true;
  }
  batch.parts.push_back({run.id, "p", "p", 1, 10, 3, false, ""});
  batch.claims.push_back({run.id, 5, kNow + seconds(60)});
  const auto before = everything();
  const auto applied = store_.apply(batch);
  EXPECT_THAT(applied.stale, ElementsAre(1));
  EXPECT_THAT(applied.claimed, IsEmpty());
  EXPECT_EQ(everything(), before);

  batch.settlements.erase(batch.settlements.begin() + 1);
  EXPECT_THAT(store_.apply(batch).stale, IsEmpty());
  EXPECT_EQ(ask("SELECT state FROM task ORDER BY id"), "done\nleased\ndone");
  EXPECT_EQ(wrong_tallies(), "");
}

TEST_F(SqliteStoreTest, AFullDiskMustWaitWithNothingChanged) {
  const auto run = start({seed("a", 0, "1")});
  const auto task = claim(run.id, 1).at(0);
  const auto pages = ask("PRAGMA page_count");
  Batch batch;
  batch.now = kNow;
  batch.settlements = {settlement(task, State::done)};
  for (int i = 0; i < 2000; ++i)
    batch.settlements[0].seeds.push_back(seed("b", 1, std::to_string(i), task.id));
  const auto before = everything();
  store_.connection().execute(fmt::format("PRAGMA max_page_count = {}", std::stoll(pages) + 2));
  EXPECT_THROW(store_.apply(batch), DiskFull);
  EXPECT_EQ(everything(), before);
  store_.connection().execute("PRAGMA max_page_count = 1000000");
  store_.apply(batch);
  EXPECT_EQ(ask("SELECT level, ready, done FROM tally"), "a|0|1\nb|2000|0");
  EXPECT_EQ(wrong_tallies(), "");
}

TEST_F(SqliteStoreTest, ALockOfSomebodyElseMustWaitWithNothingChanged) {
  const auto folder = folder_.path() / "locked.db";
  SqliteStore store(folder, {}, milliseconds(1));
  Database shell(folder, Database::Mode::read_write);
  Batch batch;
  batch.now = kNow;
  batch.new_runs.emplace_back().run.pipeline = "monitoring";
  shell.execute("BEGIN IMMEDIATE");
  try {
    store.apply(batch);
    FAIL() << "it is locked";
  } catch (const MustWait& reason) {
    EXPECT_THAT(reason.what(), HasSubstr("is locked by another program"));
    EXPECT_THAT(reason.hint(), HasSubstr("COMMIT or ROLLBACK"));
  }
  EXPECT_THROW(store.prune({kNow, kNow}), MustWait);
  shell.execute("ROLLBACK");
  EXPECT_EQ(shell.number("SELECT count(*) FROM run"), 0);
  EXPECT_EQ(store.apply(batch).new_runs.at(0).id, 1);
}

TEST_F(SqliteStoreTest, EveryCommitIsSyncedAndOnlyThisConnectionCheckpoints) {
  constexpr int kFull = 2;
  EXPECT_EQ(ask("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(store_.connection().number("PRAGMA synchronous"), kFull);
  EXPECT_GT(store_.connection().number("PRAGMA wal_autocheckpoint"), 0);
  EXPECT_EQ(ask("PRAGMA wal_autocheckpoint"), "0");
}

TEST(SqliteStoreAtRest, CanBeReadWhenNoDaemonRuns) {
  TemporaryFolder folder;
  const auto path = folder.path() / "fanoutd.db";
  {
    SqliteStore store(path);
    Batch batch;
    batch.now = kNow;
    batch.new_runs.emplace_back().run.pipeline = "monitoring";
    store.apply(batch);
  }
  EXPECT_EQ(std::filesystem::file_size(path.string() + "-wal"), 0u) << "all of it is in the database itself";
  std::filesystem::permissions(folder.path(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_EQ(Database(path, Database::Mode::read_only).number("SELECT count(*) FROM progress"), 1);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

TEST(SqliteStoreLog, ThatAReaderKeepsFromBeingCutIsSaidForAsLongAsItIsSo) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "fanoutd.db";
  SqliteStore store(path, {}, milliseconds(0), 6 << 20);
  Database other(path, Database::Mode::read_write);
  const auto work = [&](int key) {
    Batch batch;
    batch.now = kNow;
    batch.new_runs.emplace_back().run.pipeline = "p" + std::to_string(key);
    for (int i = 0; i < 16; ++i) {
      batch.new_runs.back().seeds.push_back(seed("a", 0, std::to_string(key * 100 + i)));
      batch.new_runs.back().seeds.back().parents = std::string(60'000, 'x');
    }
    store.apply(batch);
  };
  const auto said = [&] {
    return other.number("SELECT count(*) FROM stuck WHERE why LIKE '%-wal has passed%'");
  };
  for (int i = 0; i < 8; ++i) work(i);
  EXPECT_EQ(said(), 0) << "without a reader it is cut by itself";
  {
    Database reader(path, Database::Mode::read_only);
    reader.execute("BEGIN");
    reader.number("SELECT count(*) FROM run");
    for (int i = 0; i < 12; ++i) work(10 + i);
    EXPECT_EQ(said(), 1);
  }
  store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)");
  work(99);
  EXPECT_EQ(said(), 0);
}

// As docs/operations.md says: a copy is made while the daemon runs, and put back while it is stopped, without
// the log and its index that lie beside the database that it replaces.
TEST(SqliteStoreBackup, MadeWhileTheStoreIsOpenGoesOnWhereItWasMade) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "fanoutd.db", copy = folder.path() / "copy.db";
  const auto ask = [](SqliteStore& store, bool anew) {
    Batch batch;
    batch.now = kNow;
    if (anew) {
      batch.new_runs.emplace_back().run.pipeline = "p";
      batch.new_runs.back().seeds = {seed("a", 0, "1"), seed("a", 0, "2")};
    }
    batch.claims.push_back({1, 1, kNow + seconds(60)});
    return store.apply(batch).claimed.size();
  };
  {
    SqliteStore store(path);
    ask(store, true);
    Database(path, Database::Mode::read_write).execute("VACUUM INTO '" + copy.string() + "'");
    ask(store, false);
  }
  std::filesystem::rename(copy, path);
  std::filesystem::remove(path.string() + "-wal");
  std::filesystem::remove(path.string() + "-shm");
  SqliteStore store(path);
  EXPECT_EQ(store.recover(kNow).leases_taken_back(), 1);
  EXPECT_EQ(store.open_runs().size(), 1u);
  EXPECT_EQ(ask(store, false), 1u);
  Statement check(store.connection(), "PRAGMA integrity_check");
  ASSERT_TRUE(check.step());
  EXPECT_EQ(check.text(0), "ok");
}

// After a kill there is something in the log, and whoever puts a copy back forgets it.
TEST(SqliteStoreBackup, PutBackBesideTheLogOfAnotherIsRefusedWithNothingChanged) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "fanoutd.db", copy = folder.path() / "copy.db";
  const auto log = path.string() + "-wal";
  {
    SqliteStore store(path);
    Database(path, Database::Mode::read_write).execute("VACUUM INTO '" + copy.string() + "'");
    Batch batch;
    batch.now = kNow;
    batch.new_runs.emplace_back().run.pipeline = "p";
    store.apply(batch);
    std::filesystem::copy_file(log, folder.path() / "log");  // as a kill leaves it
  }
  std::filesystem::remove(path.string() + "-shm");
  std::filesystem::rename(folder.path() / "log", log);
  EXPECT_NO_THROW(SqliteStore{path}) << "beside its own database a log is what it should be";

  std::filesystem::remove(path.string() + "-shm");
  std::filesystem::copy_file(copy, path, std::filesystem::copy_options::overwrite_existing);
  std::ofstream(log) << "something";
  try {
    SqliteStore store(path);
    ADD_FAILURE() << "opened";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("was not written by the database beside it"));
    EXPECT_THAT(error.hint(), HasSubstr("-wal"));
  }
  EXPECT_EQ(std::filesystem::file_size(log), 9U);
  std::filesystem::remove(log);
  EXPECT_NO_THROW(SqliteStore{path});
}

}  // namespace
}  // namespace fanout
