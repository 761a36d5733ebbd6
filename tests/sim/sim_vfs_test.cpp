#include "sim/sim_vfs.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "store/sqlite/database.h"

namespace fanout::sim {
namespace {

constexpr const char* kPath = "/state/test.db";

std::unique_ptr<Database> opened(const SimVfs& vfs) {
  auto database = std::make_unique<Database>(kPath, Database::Mode::create, vfs.name());
  database->execute("PRAGMA journal_mode = WAL");
  database->execute("PRAGMA synchronous = FULL");
  return database;
}

TEST(SimVfs, KeepsEveryCommitThroughAPowerCut) {
  for (std::uint64_t seed = 1; seed < 100; ++seed) {
    SimFiles files(seed);
    SimVfs vfs(files, "vfs-test", seed);
    auto database = opened(vfs);
    database->execute("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)");
    files.die_after(seed * 3);
    int committed = 0;
    try {
      for (int i = 1; i <= 200; ++i) {
        database->execute(fmt::format("INSERT INTO t VALUES ({}, '{}')", i, std::string(300, 'x')));
        committed = i;
      }
    } catch (const Error&) {
    }
    files.cut_power();
    database.reset();
    files.begin_again();
    vfs.forget_locks();
    database = opened(vfs);
    EXPECT_GE(database->number("SELECT count(*) FROM t"), committed) << "seed " << seed;
    EXPECT_LE(database->number("SELECT count(*) FROM t"), committed + 1) << "seed " << seed;
    EXPECT_EQ(database->number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
              0);
  }
}

TEST(SimVfs, LosesCommitsWhereNothingIsSynced) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    SimFiles files(seed);
    SimVfs vfs(files, "vfs-test", seed);
    auto database = opened(vfs);
    database->execute("CREATE TABLE t (n)");
    database->execute("PRAGMA synchronous = OFF");
    for (int i = 0; i < 10; ++i) database->execute("INSERT INTO t VALUES (1)");
    files.cut_power();
    database.reset();
    files.begin_again();
    vfs.forget_locks();
    lost += opened(vfs)->number("SELECT count(*) FROM t") < 10;
  }
  EXPECT_GT(lost, 0);
}

TEST(SimVfs, LetsTwoConnectionsSeeEachOther) {
  SimFiles files(1);
  SimVfs vfs(files, "vfs-test", 1);
  const auto one = opened(vfs), other = opened(vfs);
  one->execute("CREATE TABLE t (n)");
  other->execute("INSERT INTO t VALUES (7)");
  EXPECT_EQ(one->number("SELECT n FROM t"), 7);
  other->execute("BEGIN IMMEDIATE");
  EXPECT_THROW(one->execute("INSERT INTO t VALUES (8)"), MustWait);
  other->execute("COMMIT");
  one->execute("INSERT INTO t VALUES (8)");
  EXPECT_EQ(other->number("SELECT count(*) FROM t"), 2);
}

TEST(SimVfs, SaysThatTheDiskIsFull) {
  SimFiles files(1);
  SimVfs vfs(files, "vfs-test", 1);
  const auto database = opened(vfs);
  database->execute("CREATE TABLE t (n)");
  files.set_full(true);
  EXPECT_THROW(database->execute("INSERT INTO t VALUES (randomblob(100000))"), DiskFull);
  files.set_full(false);
  database->execute("INSERT INTO t VALUES (1)");
  EXPECT_EQ(database->number("SELECT count(*) FROM t"), 1);
}

}  // namespace
}  // namespace fanout::sim
