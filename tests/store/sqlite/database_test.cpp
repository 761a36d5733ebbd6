#include "store/sqlite/database.h"

#include "store/sqlite/harness.h"

namespace fanout {
namespace {

using testing::HasSubstr;

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() : database_(path(), Database::Mode::create) {
    database_.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a, b)");
  }
  std::filesystem::path path() const { return folder_.path() / "x.db"; }
  std::filesystem::path log() const { return folder_.path() / "x.db-wal"; }

  TemporaryFolder folder_;
  Database database_;
};

TEST_F(DatabaseTest, ValuesComeBackAsTheyWereBound) {
  Statement(database_, "INSERT INTO t VALUES (?1, ?2)")
      .bind(std::int64_t{1} << 62, std::string("a\0b", 3))
      .run();
  Statement(database_, "INSERT INTO t VALUES (?1, ?2)").bind(nullptr, 0.5).run();
  Statement read(database_, "SELECT a, b FROM t ORDER BY rowid");
  ASSERT_TRUE(read.step());
  EXPECT_EQ(read.integer(0), std::int64_t{1} << 62);
  EXPECT_EQ(read.text(1), std::string("a\0b", 3));
  ASSERT_TRUE(read.step());
  EXPECT_TRUE(read.is_null(0));
  EXPECT_EQ(read.real(1), 0.5);
  EXPECT_EQ(read.kind(1), Statement::Kind::real);
  EXPECT_FALSE(read.step());
  EXPECT_EQ(read.columns(), 2);
  EXPECT_EQ(read.column_name(1), "b");
}

TEST_F(DatabaseTest, EmptyTextIsNotNull) {
  Statement(database_, "INSERT INTO t VALUES (?1, ?2)").bind(std::string_view(), std::string_view("")).run();
  EXPECT_EQ(database_.number("SELECT count(*) FROM t WHERE a = '' AND b = ''"), 1);
}

TEST_F(DatabaseTest, ATransactionThatIsNotCommittedIsRolledBack) {
  {
    Transaction transaction(database_);
    database_.execute("INSERT INTO t VALUES (1, 1)");
  }
  EXPECT_EQ(database_.number("SELECT count(*) FROM t"), 0);
  {
    Transaction transaction(database_);
    database_.execute("INSERT INTO t VALUES (1, 1)");
    transaction.commit();
  }
  EXPECT_EQ(database_.number("SELECT count(*) FROM t"), 1);
}

TEST_F(DatabaseTest, WrongSqlIsAnErrorThatNamesItAndTheFile) {
  try {
    database_.execute("SELEC");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(path().string()));
    EXPECT_THAT(error.what(), HasSubstr("SELEC"));
  }
}

TEST_F(DatabaseTest, AFileThatIsNotThereIsAnErrorUnlessItMayBeMade) {
  EXPECT_THROW(Database(folder_.path() / "none.db", Database::Mode::read_only), Error);
  EXPECT_THROW(Database(folder_.path() / "none.db", Database::Mode::read_write), Error);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "none.db"));
}

TEST_F(DatabaseTest, WhoMayOnlyReadDoesNotWrite) {
  Database reader(path(), Database::Mode::read_only);
  EXPECT_THROW(reader.execute("INSERT INTO t VALUES (1, 1)"), Error);
}

TEST_F(DatabaseTest, AConnectionBesideTheDaemonsNeverCheckpoints) {
  const auto file_before = std::filesystem::last_write_time(path());
  {
    Database beside(path(), Database::Mode::read_write);
    Transaction transaction(beside);
    Statement insert(beside, "INSERT INTO t VALUES (?1, zeroblob(4000))");
    for (int i = 0; i < 1500; ++i)
      insert.bind(i).run();  // more than the 1000 pages of SQLite's own threshold
    transaction.commit();
  }
  EXPECT_GT(std::filesystem::file_size(log()), 1500u * 4000u);
  EXPECT_EQ(std::filesystem::last_write_time(path()), file_before);
}

TEST(DatabaseBeside, DoesNotCheckpointWhenItIsTheLastToClose) {
  TemporaryFolder folder;
  const auto path = folder.path() / "x.db";
  Database(path, Database::Mode::create).execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
  Database(path, Database::Mode::read_write).execute("INSERT INTO t VALUES (1)");
  EXPECT_GT(std::filesystem::file_size(path.string() + "-wal"), 0u);
  EXPECT_EQ(Database(path, Database::Mode::read_only).number("SELECT count(*) FROM t"), 1);
}

TEST_F(DatabaseTest, ANameWithCharactersOfAUriIsReadAtRest) {
  const auto path = folder_.path() / "a?b#c%20 d.db";
  Database(path, Database::Mode::create).execute("CREATE TABLE t (a); INSERT INTO t VALUES (7)");
  EXPECT_EQ(Database::at_rest(path).number("SELECT a FROM t"), 7);
}

TEST_F(DatabaseTest, AConnectionMayFireNoTriggersWhileOthersDo) {
  database_.execute(
      "CREATE TRIGGER twice AFTER INSERT ON t BEGIN UPDATE t SET b = 'fired' WHERE a = NEW.a; END");
  database_.fire_no_triggers();
  Database other(path(), Database::Mode::read_write);
  Statement insert(database_, "INSERT INTO t VALUES (?1, '') RETURNING a");
  EXPECT_TRUE(insert.bind(1).step());
  EXPECT_EQ(insert.integer(0), 1);
  insert.reset();
  other.execute("INSERT INTO t VALUES (2, '')");
  EXPECT_EQ(database_.number("SELECT group_concat(a) = '2' FROM t WHERE b = 'fired'"), 1);
  other.execute("CREATE TABLE u (a)");  // statements are prepared anew when the schema changes
  insert.bind(3).run();
  EXPECT_EQ(database_.number("SELECT count(*) FROM t WHERE b = 'fired'"), 1);
}

}  // namespace
}  // namespace fanout
