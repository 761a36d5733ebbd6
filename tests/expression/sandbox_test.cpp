// What an expression may reach, and that it may reach nothing else, whatever the SQLite at hand brings.
#include "expression/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/ascii.h"
#include "expression/expression.h"
#include "expression/safe_functions.h"

namespace fanout {
namespace {

using testing::HasSubstr;

// ---- what is allowed

struct AllowedRow {
  const char* what;
  const char* select;
  friend std::ostream& operator<<(std::ostream& out, const AllowedRow& row) { return out << row.select; }
};

class Allowed : public testing::TestWithParam<AllowedRow> {};

TEST_P(Allowed, IsEvaluated) {
  Expressions expressions;
  EXPECT_EQ(expressions.error_in_select(GetParam().select), std::nullopt);
  std::string why;
  EXPECT_TRUE(expressions.select(GetParam().select, R"({"a":1})", R"({"list":[1,2]})", "T", &why));
  EXPECT_EQ(why, "");
}

INSTANTIATE_TEST_SUITE_P(
    WhatIsGivenAndWhatItMakes, Allowed,
    testing::Values(
        AllowedRow{"Inputs", "SELECT parents, body, fetched_at"}, AllowedRow{"Values", "VALUES (1), (2)"},
        AllowedRow{"JsonEach", "SELECT key, value FROM json_each(body, '$.list')"},
        AllowedRow{"JsonTree", "SELECT fullkey FROM json_tree(body)"},
        AllowedRow{"JsonEachWithoutAColumn", "SELECT count(*) AS n FROM JSON_EACH(body)"},
        AllowedRow{"JsonEachOfTheMainDatabase", "SELECT value FROM main.json_each(body)"},
        AllowedRow{"ATableOfItsOwn", "WITH v AS (SELECT 1 AS a) SELECT a FROM v"},
        AllowedRow{"ATableOfItsOwnWithoutAColumn", "WITH v AS (SELECT 1 AS a) SELECT count(*) AS n FROM V"},
        AllowedRow{"ATableOfItsOwnWithColumns",
                   "WITH v(a, b) AS NOT MATERIALIZED (SELECT 1, 2) SELECT count(*) AS n FROM v"},
        AllowedRow{"ATableOfItsOwnInQuotes",
                   "WITH \"two \"\"words\" AS (SELECT 1) SELECT count(*) AS n FROM \"two \"\"words\""},
        AllowedRow{"ASubquery", "SELECT count(*) AS n FROM (SELECT 1) AS v"},
        AllowedRow{
            "ARecursion",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n"},
        AllowedRow{
            "AWindow",
            "SELECT value, row_number() OVER w AS place FROM json_each(body, '$.list') WINDOW w AS (ORDER "
            "BY value)"},
        AllowedRow{"ACast", "SELECT CAST(value AS TEXT) AS t FROM json_each(body, '$.list')"},
        AllowedRow{"ACollation", "SELECT 'A' = 'a' COLLATE NOCASE AS same"}),
    [](const auto& row) { return std::string(row.param.what); });

// ---- what is not

struct RefusedRow {
  const char* what;
  const char* select;
  const char* word;  // that the message holds
  friend std::ostream& operator<<(std::ostream& out, const RefusedRow& row) { return out << row.select; }
};

class Refused : public testing::TestWithParam<RefusedRow> {};

TEST_P(Refused, IsAnErrorAtLoadAndWhenAsked) {
  Expressions expressions;
  const auto error = expressions.error_in_select(GetParam().select);
  ASSERT_TRUE(error);
  EXPECT_THAT(*error, HasSubstr(GetParam().word));
  EXPECT_EQ(expressions.select(GetParam().select, "{}", "[1]", "T"), std::nullopt);
}

constexpr auto kByName = [](const auto& row) { return std::string(row.param.what); };

INSTANTIATE_TEST_SUITE_P(
    Tables, Refused,
    testing::Values(
        RefusedRow{"ThePragmaOfDatabases", "SELECT * FROM pragma_database_list", "only"},
        RefusedRow{"ThePragmaOfDatabasesWithoutAColumn", "SELECT count(*) AS n FROM pragma_database_list",
                   "only"},
        RefusedRow{"APragmaWithAnArgument", "SELECT name FROM pragma_table_info('sqlite_schema')", "only"},
        RefusedRow{"APragmaInASubquery", "SELECT (SELECT max(seq) FROM pragma_database_list) AS n", "only"},
        RefusedRow{"APragmaBehindIn", "SELECT 1 IN pragma_freelist_count AS n", "only"},
        RefusedRow{
            "APragmaInAnOrder",
            "SELECT value FROM json_each(body) ORDER BY (SELECT count(*) + value FROM pragma_function_list)",
            "only"},
        RefusedRow{"APragmaInATableOfItsOwn",
                   "WITH v AS (SELECT * FROM pragma_module_list) SELECT count(*) AS n FROM v", "only"},
        RefusedRow{"ATableOfItsOwnNamedLikeAPragma",
                   "WITH pragma_database_list AS (SELECT 1) SELECT count(*) AS n FROM pragma_database_list",
                   "pragma_database_list"},
        RefusedRow{
            "APragmaBesideATableOfItsOwnNamedAlike",
            "SELECT count(*) AS n FROM \"PRAGMA_database_list\", (WITH [pragma_database_list] AS (SELECT 1) "
            "SELECT 1)",
            "pragma_database_list"},
        RefusedRow{"TheSchema", "SELECT name FROM sqlite_schema", "sqlite_"},
        RefusedRow{"TheSchemaWithoutAColumn", "SELECT count(*) AS n FROM sqlite_schema", "sqlite_schema"},
        RefusedRow{"TheMasterTable", "SELECT sql FROM sqlite_master", "sqlite_master"},
        RefusedRow{"TheTemporarySchema", "SELECT count(*) AS n FROM sqlite_temp_schema",
                   "sqlite_temp_schema"},
        RefusedRow{"TheMasterTableOfMain", "SELECT 1 AS a FROM main.sqlite_master", "sqlite_master"},
        RefusedRow{"ATableOfItsOwnNamedLikeTheSchema",
                   "WITH sqlite_schema AS (SELECT 1) SELECT count(*) AS n FROM sqlite_schema",
                   "sqlite_schema"},
        RefusedRow{"PagesOfTheFile", "SELECT * FROM dbstat", "dbstat"},
        RefusedRow{"BytesOfTheFile", "SELECT * FROM sqlite_dbpage", "sqlite_dbpage"},
        RefusedRow{"Statements", "SELECT * FROM sqlite_stmt", "sqlite_stmt"},
        RefusedRow{"Bytecode", "SELECT * FROM bytecode('SELECT 1')", "bytecode"},
        RefusedRow{"TablesUsed", "SELECT * FROM tables_used('SELECT 1')", "tables_used"},
        RefusedRow{"Completion", "SELECT * FROM completion('a')", "completion"},
        RefusedRow{"Series", "SELECT value FROM generate_series(1, 10)", "generate_series"},
        RefusedRow{"FullText", "SELECT * FROM fts3tokenize", "fts3tokenize"},
        RefusedRow{"FullTextWords", "SELECT * FROM fts5vocab", "fts5vocab"},
        RefusedRow{"TreesOfRectangles", "SELECT * FROM rtree", "rtree"},
        RefusedRow{"Files", "SELECT * FROM fsdir('/')", "fsdir"},
        RefusedRow{"Archives", "SELECT * FROM zipfile('/x')", "zipfile"}),
    kByName);

INSTANTIATE_TEST_SUITE_P(
    Functions, Refused,
    testing::Values(
        RefusedRow{"Extensions", "SELECT load_extension('x') AS a", "load_extension"},
        RefusedRow{"Chance", "SELECT random() AS a", "the function random"},
        RefusedRow{"ChanceInAnOrder", "SELECT value FROM json_each(body) ORDER BY random()",
                   "the function random"},
        RefusedRow{"BlobsOfChance", "SELECT randomblob(8) AS a", "the function randomblob"},
        RefusedRow{"TheMoment", "SELECT CURRENT_TIMESTAMP AS a", "current_timestamp"},
        RefusedRow{"TheDay", "SELECT CURRENT_DATE AS a", "current_date"},
        RefusedRow{"TheTime", "SELECT CURRENT_TIME AS a", "current_time"},
        RefusedRow{"TheVersion", "SELECT sqlite_version() AS a", "the function sqlite_version"},
        RefusedRow{"TheSource", "SELECT sqlite_source_id() AS a", "the function sqlite_source_id"},
        RefusedRow{"TheOptions", "SELECT sqlite_compileoption_get(1) AS a", "sqlite_compileoption_get"},
        RefusedRow{"TheLog", "SELECT sqlite_log(1, 'x') AS a", "sqlite_log"},
        RefusedRow{"Changes", "SELECT changes() + total_changes() AS a", "changes"},
        RefusedRow{"RowNumbers", "SELECT last_insert_rowid() AS a", "the function last_insert_rowid"},
        RefusedRow{"AMatch", "SELECT 'a' MATCH 'b' AS a", "the function match"},
        RefusedRow{"Tokenizers", "SELECT fts3_tokenizer('simple') AS a", "fts3_tokenizer"},
        RefusedRow{"FullText", "SELECT fts5(1) AS a", "fts5"},
        RefusedRow{"ReadingFiles", "SELECT readfile('/etc/passwd') AS a", "readfile"},
        RefusedRow{"WritingFiles", "SELECT writefile('/tmp/x', 'x') AS a", "writefile"},
        RefusedRow{"AnEditor", "SELECT edit('x') AS a", "edit"},
        RefusedRow{"AnEvaluation", "SELECT eval('SELECT 1') AS a", "eval"},
        RefusedRow{"Subtypes", "SELECT subtype(body) AS a", "subtype"}),
    kByName);

INSTANTIATE_TEST_SUITE_P(
    Statements, Refused,
    testing::Values(RefusedRow{"Attach", "ATTACH '/tmp/x' AS y", "it is no SELECT"},
                    RefusedRow{"Detach", "DETACH main", "it is no SELECT"},
                    RefusedRow{"APragma", "PRAGMA user_version", "it is no SELECT"},
                    RefusedRow{"APragmaThatSets", "PRAGMA temp_store_directory = '/tmp'", "it is no SELECT"},
                    RefusedRow{"ATable", "CREATE TABLE t (x)", "it is no SELECT"},
                    RefusedRow{"ATemporaryTable", "CREATE TEMP TABLE t AS SELECT 1 AS a", "it is no SELECT"},
                    RefusedRow{"AVirtualTable", "CREATE VIRTUAL TABLE t USING fts5(x)", "it is no SELECT"},
                    RefusedRow{"AnInsert", "INSERT INTO sqlite_schema VALUES (1)", "it is no SELECT"},
                    RefusedRow{"AnInsertBehindWith",
                               "WITH x AS (SELECT 1) INSERT INTO sqlite_schema SELECT * FROM x", ""},
                    RefusedRow{"ADeletionBehindWith", "WITH x AS (SELECT 1) DELETE FROM sqlite_schema", ""},
                    RefusedRow{"AnUpdateBehindWith", "WITH x AS (SELECT 1) UPDATE sqlite_schema SET name = 1",
                               ""},
                    RefusedRow{"Explain", "EXPLAIN SELECT 1", "it is no SELECT"},
                    RefusedRow{"ExplainQueryPlan", "EXPLAIN QUERY PLAN SELECT 1", "it is no SELECT"},
                    RefusedRow{"Vacuum", "VACUUM INTO '/tmp/x'", "it is no SELECT"},
                    RefusedRow{"Analyze", "ANALYZE", "it is no SELECT"},
                    RefusedRow{"Reindex", "REINDEX", "it is no SELECT"},
                    RefusedRow{"ATransaction", "BEGIN", "it is no SELECT"},
                    RefusedRow{"ASavepoint", "SAVEPOINT x", "it is no SELECT"}),
    kByName);

// ---- what it may use up

class UsedUp : public testing::TestWithParam<RefusedRow> {};

TEST_P(UsedUp, IsStopped) {
  Expressions expressions;
  std::string why;
  EXPECT_EQ(expressions.select(GetParam().select, "{}", "[1,2,3]", "T", &why), std::nullopt);
  EXPECT_THAT(why, HasSubstr(GetParam().word));
}

INSTANTIATE_TEST_SUITE_P(
    Bombs, UsedUp,
    testing::Values(
        RefusedRow{"ABlobOfZeros", "SELECT length(hex(zeroblob(900000000))) AS n", "is longer than"},
        RefusedRow{"ATextThatGrows",
                   "SELECT length(replace(hex(zeroblob(50000)), '0', hex(zeroblob(50000)))) AS n",
                   "is longer than"},
        RefusedRow{
            "ARecursionThatDoubles",
            "WITH RECURSIVE n(t) AS (SELECT 'x' UNION ALL SELECT t || t FROM n) SELECT max(length(t)) AS c "
            "FROM n",
            "is longer than"},
        RefusedRow{"AJoinOfEverythingWithEverything",
                   "WITH n AS (SELECT a.value FROM json_each(body) a, json_each(body) b, json_each(body) c, "
                   "json_each(body) d) SELECT count(*) AS c FROM n a, n b, n c, n d, n e",
                   "stopped after"}),
    kByName);

// Some versions of SQLite give nothing, others an error.
TEST(Sandbox, NeverGivesATextAsWideAsItIsTold) {
  Expressions expressions;
  for (const char* text :
       {"printf('%1000000000d', 1)", "format('%*d', 1000000000, 1)", "printf('%.1000000000f', 1)"}) {
    EXPECT_FALSE(expressions.where("length(" + std::string(text) + ") > 2000000", "{}")) << text;
  }
}

// ---- all that this SQLite has

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};

// The first column's text, and the second's number, of each row.
std::vector<std::pair<std::string, int>> listed_by_sqlite(const char* sql) {
  sqlite3* opened = nullptr;
  EXPECT_EQ(sqlite3_open(":memory:", &opened), SQLITE_OK);
  const std::unique_ptr<sqlite3, Close> database(opened);
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(opened, sql, -1, &statement, nullptr), SQLITE_OK);
  std::vector<std::pair<std::string, int>> rows;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    rows.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)),
                      sqlite3_column_int(statement, 1));
  }
  sqlite3_finalize(statement);
  EXPECT_FALSE(rows.empty()) << sql;
  return rows;
}

TEST(Sandbox, RefusesEveryFunctionOfThisSqliteThatIsNotListed) {
  Expressions expressions;
  for (const auto& [name, arguments] : listed_by_sqlite("SELECT name, narg FROM pragma_function_list")) {
    if (is_safe_function(lower(name))) continue;
    std::string call = "\"" + name + "\"(";
    for (int i = 0; i < std::max(arguments, 0); ++i) call += i == 0 ? "1" : ", 1";
    EXPECT_NE(expressions.error_in_where(call + ") IS NULL"), std::nullopt) << call;
  }
}

TEST(Sandbox, RefusesEveryTableOfThisSqliteThatIsNotListed) {
  Expressions expressions;
  auto tables = listed_by_sqlite("SELECT name, 0 FROM pragma_module_list");
  for (const auto& pragma : listed_by_sqlite("SELECT 'pragma_' || name, 0 FROM pragma_pragma_list")) {
    tables.push_back(pragma);
  }
  for (const auto& [name, _] : tables) {
    if (is_safe_table(name)) continue;
    EXPECT_NE(expressions.error_in_select("SELECT * FROM \"" + name + "\""), std::nullopt) << name;
    EXPECT_NE(expressions.error_in_select("SELECT count(*) AS n FROM \"" + name + "\""), std::nullopt)
        << name;
  }
}

TEST(Sandbox, HasOnlyTablesThatAreListed) {
  for (const char* name : {"sqlite_schema", "pragma_database_list", "json_each"}) {
    Sandbox sandbox;
    EXPECT_TRUE(sandbox.is_table_of_sqlite(name)) << name;
    EXPECT_FALSE(sandbox.is_table_of_sqlite(std::string(name) + "_")) << name;
  }
}

// A pattern that is bound makes SQLite compile the statement anew while it is evaluated.
TEST(Sandbox, KeepsApartWhatTwoStatementsMayUse) {
  Expressions expressions;
  const std::string select = "SELECT value FROM json_each(body) WHERE value LIKE fetched_at";
  const std::string own =
      "WITH v AS (SELECT 1) SELECT count(*) AS n FROM v, json_each(body) WHERE value LIKE fetched_at";
  for (const char* pattern : {"a%", "%b", "c"}) {
    EXPECT_TRUE(expressions.select(own, "{}", R"(["abc"])", pattern)) << pattern;
    EXPECT_TRUE(expressions.select(select, "{}", R"(["abc"])", pattern)) << pattern;
  }
}

}  // namespace
}  // namespace fanout
