#include "expression/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/row_name.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string_view no_header(std::string_view) { return {}; }

// ---- where

struct WhereRow {
  const char* condition;
  const char* item;
  bool expected;
  friend std::ostream& operator<<(std::ostream& out, const WhereRow& row) { return out << row.condition; }
};

class Where : public testing::TestWithParam<WhereRow> {};

TEST_P(Where, KeepsTheItemOrLeavesItOut) {
  const auto& [condition, item, expected] = GetParam();
  Expressions expressions;
  std::string why;
  EXPECT_EQ(expressions.where(condition, item, &why), expected) << condition << " on " << item << ": " << why;
  EXPECT_EQ(why, "");
}

INSTANTIATE_TEST_SUITE_P(
    Conditions, Where,
    testing::Values(WhereRow{"item->>'status' <> 'decommissioned'", R"({"status":"active"})", true},
                    WhereRow{"item->>'status' <> 'decommissioned'", R"({"status":"decommissioned"})", false},
                    // SQL's NULL is not true: an item without the field is left out.
                    WhereRow{"item->>'status' <> 'decommissioned'", R"({})", false},
                    WhereRow{"item->>'status' IS NOT 'decommissioned'", R"({})", true},
                    WhereRow{"Item ->> '$.a.b' = 1", R"({"a":{"b":1}})", true},
                    WhereRow{"json_extract(item, '$.id') = 9223372036854775807",
                             R"({"id":9223372036854775807})", true},
                    WhereRow{"item->>'id' = 9223372036854775806", R"({"id":9223372036854775807})", false},
                    WhereRow{"1", "{}", true}, WhereRow{"0", "{}", false}, WhereRow{"0.5", "{}", true},
                    WhereRow{"'3 items'", "{}", true}, WhereRow{"'none'", "{}", false},
                    WhereRow{"NULL", "{}", false},
                    // Plain items are JSON too.
                    WhereRow{"item->>'$' LIKE 'go_%'", R"("go_goroutines")", true},
                    WhereRow{"item->>'$' > 5", "6", true}, WhereRow{"item->>'$' > 5", "5", false},
                    WhereRow{"EXISTS (SELECT 1 FROM json_each(item, '$.tags') WHERE value = 'x')",
                             R"({"tags":["y","x"]})", true},
                    WhereRow{"EXISTS (SELECT 1 FROM json_each(item->'tags') t WHERE t.value = 'x')",
                             R"({"tags":["y"]})", false},
                    // The name in a text, in quotes and in a comment is no name.
                    WhereRow{"'item' = 'item' -- item; )", "{}", true},
                    WhereRow{"/* item) */ 'it''s item' = 'it''s item'", "{}", true},
                    WhereRow{"(SELECT item.value FROM json_each('[7]') AS item) = 7", "{}", true},
                    WhereRow{"item->>'a' = x'62'", R"({"a":"b"})", false}),
    [](const auto& row) { return row_name(row.param.condition, row.index); });

TEST(Where, IsNotTrueAndSaysWhyWhenTheItemIsNoJson) {
  Expressions expressions;
  std::string why;
  EXPECT_FALSE(expressions.where("item->>'a' = 1", "<html>", &why));
  EXPECT_NE(why, "");
}

TEST(Where, ForgetsAnEarlierFailure) {
  Expressions expressions;
  std::string why;
  expressions.where("item->>'a' = 1", "<html>", &why);
  EXPECT_TRUE(expressions.where("item->>'a' = 1", R"({"a":1})", &why));
  EXPECT_EQ(why, "");
}

TEST(Where, EvaluatesTheSameConditionOnOneItemAfterTheOther) {
  Expressions expressions;
  int kept = 0;
  for (int i = 0; i < 1000; ++i) {
    kept += expressions.where("item->>'n' % 2 = 0", "{\"n\":" + std::to_string(i) + "}") ? 1 : 0;
  }
  EXPECT_EQ(kept, 500);
}

// ---- when

TEST(When, SeesStatusBodyAndHeaders) {
  Expressions expressions;
  const auto header = [](std::string_view name) -> std::string_view {
    return name == "x-state" ? std::string_view("busy") : std::string_view();
  };
  EXPECT_TRUE(expressions.when("status = 200 AND body->>'status' = 1401", 200, R"({"status":1401})", header));
  EXPECT_FALSE(
      expressions.when("status = 200 AND body->>'status' = 1401", 201, R"({"status":1401})", header));
  EXPECT_TRUE(expressions.when("header('X-State') = 'busy'", 200, "{}", header));
  EXPECT_TRUE(expressions.when("header('x-other') IS NULL", 200, "{}", header));
}

TEST(When, DoesNotLookAtTheBodyWhereTheStatusDecides) {
  Expressions expressions;
  std::string why;
  EXPECT_TRUE(expressions.when("status = 503 OR body->>'error' = 'busy'", 503, "<html>", no_header, &why));
  EXPECT_EQ(why, "");
  EXPECT_FALSE(expressions.when("status = 200 AND body->>'error' = 'busy'", 503, "<html>", no_header, &why));
  EXPECT_EQ(why, "");
}

TEST(When, MayLookForAWordInABodyThatIsNoJson) {
  Expressions expressions;
  EXPECT_TRUE(expressions.when("body LIKE '%maintenance%'", 200, "<html>Maintenance</html>", no_header));
}

// ---- select

TEST(Select, GivesAnObjectForEachRowAsTheDesignShowsIt) {
  Expressions expressions;
  const auto rows = expressions.select(
      "SELECT parents->>'$.warrior.name' AS warrior, t.value AS at, v.value AS cpu\n"
      "FROM json_each(body, '$.time') t JOIN json_each(body, '$.values') v ON v.key = t.key",
      R"({"warrior":{"id":1,"name":"Ajax"}})", R"({"time":[10,20],"values":[0.5,1.25]})",
      "2026-11-23T02:00:00.000Z");
  ASSERT_TRUE(rows);
  EXPECT_THAT(*rows, ElementsAre(R"({"warrior":"Ajax","at":10,"cpu":0.5})",
                                 R"({"warrior":"Ajax","at":20,"cpu":1.25})"));
}

struct SelectRow {
  const char* select;
  const char* body;
  std::vector<std::string> expected;
  friend std::ostream& operator<<(std::ostream& out, const SelectRow& row) { return out << row.select; }
};

class Select : public testing::TestWithParam<SelectRow> {};

TEST_P(Select, GivesRows) {
  const SelectRow& row = GetParam();
  Expressions expressions;
  std::string why;
  const auto rows = expressions.select(row.select, "{}", row.body, "T", &why);
  ASSERT_TRUE(rows) << row.select << ": " << why;
  EXPECT_EQ(*rows, row.expected) << row.select;
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Select,
    testing::Values(
        SelectRow{
            "SELECT body->>'id' AS id", R"({"id":9223372036854775807})", {R"({"id":9223372036854775807})"}},
        SelectRow{"SELECT body->>'v' AS v", R"({"v":0.30000000000000004})", {R"({"v":0.30000000000000004})"}},
        SelectRow{"SELECT body->>'v' AS v", R"({"v":null})", {R"({"v":null})"}},
        SelectRow{"SELECT body->>'v' AS v",
                  R"({"v":"a \"quote\"\nand \u00e9"})",
                  {R"({"v":"a \"quote\"\nand é"})"}},
        SelectRow{"SELECT body->>'v' AS v", R"({"v":""})", {R"({"v":""})"}},
        // A text that holds JSON stays a text, whatever the select looks like.
        SelectRow{"SELECT body->'v' AS v", R"({"v":[1]})", {R"({"v":"[1]"})"}},
        SelectRow{"SELECT fetched_at, body", "[1]", {R"({"fetched_at":"T","body":"[1]"})"}},
        SelectRow{"SELECT fetched_at AS body FROM json_each(body)", "[1]", {R"({"body":"T"})"}},
        SelectRow{"SELECT value AS n FROM json_each(body) WHERE value > 1 ORDER BY value DESC",
                  "[1,2,3]",
                  {R"({"n":3})", R"({"n":2})"}},
        SelectRow{"SELECT value FROM json_each(body)", "[]", {}},
        SelectRow{"SELECT datetime(body->>'t', 'unixepoch') AS at",
                  R"({"t":0})",
                  {R"({"at":"1970-01-01 00:00:00"})"}},
        SelectRow{"WITH v AS (SELECT value FROM json_each(body)) SELECT sum(value) AS total FROM v",
                  "[1,2]",
                  {R"({"total":3})"}},
        SelectRow{
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n",
            "{}",
            {R"({"i":1})", R"({"i":2})", R"({"i":3})"}},
        SelectRow{"SELECT count(*) AS n FROM json_tree(body)", "[1,[2]]", {R"({"n":4})"}},
        SelectRow{"SELECT 1 AS \"two words\"", "{}", {R"({"two words":1})"}},
        // There is no clock, so the same answer always gives the same rows.
        SelectRow{"SELECT datetime('now') AS now", "{}", {R"({"now":null})"}}),
    [](const auto& row) { return row_name(row.param.select, row.index); });

TEST(Select, IsNothingAndSaysWhyWhenTheBodyIsNoJson) {
  Expressions expressions;
  std::string why;
  EXPECT_EQ(expressions.select("SELECT body->>'a' AS a", "{}", "<html>", "T", &why), std::nullopt);
  EXPECT_NE(why, "");
}

TEST(Select, GivesRowsThatAreJsonWhateverBytesTheVendorSent) {
  Expressions expressions;
  const auto rows = expressions.select("SELECT body AS v", "{}", "\xFF\xFE text", "T");
  ASSERT_TRUE(rows);
  EXPECT_TRUE(nlohmann::json::accept(rows->at(0))) << rows->at(0);
}

TEST(Select, SpeaksOfABlobAsOfTheTextInIt) {
  Expressions expressions;
  const auto rows = expressions.select("SELECT x'6162' AS v", "{}", "{}", "T");
  ASSERT_TRUE(rows);
  EXPECT_THAT(*rows, ElementsAre(R"({"v":"ab"})"));
}

// ---- what is bounded

std::string array_of(int count) {
  std::string array = "[0";
  for (int i = 1; i < count; ++i) array += "," + std::to_string(i);
  return array + "]";
}

TEST(Expressions, StopAnExpressionThatNeverEnds) {
  Expressions expressions;
  std::string why;
  const std::string endless =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n";
  EXPECT_EQ(expressions.select(endless, "{}", "{}", "T", &why), std::nullopt);
  EXPECT_THAT(why, HasSubstr("stopped after"));
  EXPECT_FALSE(expressions.where("(" + endless + ") > 0", "{}", &why));
  EXPECT_THAT(why, HasSubstr("stopped after"));
}

TEST(Expressions, StopAnExpressionThatParsesALargeBodyForEachOfItsElements) {
  Expressions expressions;
  std::string why;
  const std::string body = R"({"a":)" + array_of(200'000) + R"(,"b":[1]})";
  for (const char* again :
       {"json_each(body, '$.b')", "json_each(body->'$.b')", "json_tree(json_extract(body, '$.b'))"}) {
    EXPECT_EQ(
        expressions.select(std::string("SELECT count(*) AS c FROM json_each(body, '$.a') a JOIN ") + again,
                           "{}", body, "T", &why),
        std::nullopt)
        << again;
    EXPECT_THAT(why, HasSubstr("again for too many rows")) << again;
  }
}

TEST(Expressions, StopAnExpressionThatMultipliesWhatItIsGiven) {
  Expressions expressions;
  std::string why;
  const std::string body = R"({"a":)" + array_of(1000) + R"(,"text":")" + std::string(1 << 20, 'x') + R"("})";
  EXPECT_EQ(
      expressions.select("SELECT body->>'text' || a.value AS t FROM json_each(body, '$.a') a ORDER BY 1",
                         "{}", body, "T", &why),
      std::nullopt);
  EXPECT_THAT(why, HasSubstr("256 MiB"));
  EXPECT_FALSE(expressions.where("length(hex(zeroblob(1000000))) > 0", "{}", &why));
  EXPECT_THAT(why, HasSubstr("one of its values is longer than"));
}

TEST(Expressions, FinishAJoinOfTwoLongSeries) {
  Expressions expressions;
  std::string why;
  const std::string body = R"({"time":)" + array_of(1440) + R"(,"values":)" + array_of(1440) + "}";
  const auto rows = expressions.select(
      "SELECT t.value AS at, v.value AS v FROM json_each(body, '$.time') t JOIN json_each(body, '$.values') "
      "v "
      "ON v.key = t.key",
      "{}", body, "T", &why);
  ASSERT_TRUE(rows) << why;
  EXPECT_EQ(rows->size(), 1440U);
}

TEST(Expressions, FinishLookingUpEachOfManyElements) {
  Expressions expressions;
  std::string why;
  const std::string body = R"({"time":)" + array_of(10'000) + R"(,"values":)" + array_of(10'000) + "}";
  const auto rows = expressions.select(
      "SELECT t.value AS at, body->>('$.values[' || t.key || ']') AS v FROM json_each(body, '$.time') t",
      "{}", body, "T", &why);
  ASSERT_TRUE(rows) << why;
  EXPECT_EQ(rows->back(), R"({"at":9999,"v":9999})");
}

// ---- errors at load

enum class In { where, when, select };

struct ErrorRow {
  const char* slip;
  In in;
  const char* text;
  const char* error;  // part of it, in our own words or the expression's, never in SQLite's
  friend std::ostream& operator<<(std::ostream& out, const ErrorRow& row) { return out << row.text; }
};

class ExpressionError : public testing::TestWithParam<ErrorRow> {};

TEST_P(ExpressionError, IsFoundAtLoad) {
  const auto& [slip, in, text, error] = GetParam();
  Expressions expressions;
  const auto found = in == In::where  ? expressions.error_in_where(text)
                     : in == In::when ? expressions.error_in_when(text)
                                      : expressions.error_in_select(text);
  ASSERT_TRUE(found) << text;
  EXPECT_THAT(*found, HasSubstr(error)) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Slips, ExpressionError,
    testing::Values(
        ErrorRow{"AMisspeltName", In::where, "itm->>'a' = 1", "; did you mean \"item\"?"},
        ErrorRow{"AMisspeltStatus", In::when, "statsu = 200", "; did you mean \"status\"?"},
        ErrorRow{"AMisspeltBody", In::select, "SELECT bdy->>'a' AS a", "; did you mean \"body\"?"},
        ErrorRow{"WhatIsGivenElsewhere", In::where, "body = 1", "; what is given here is item"},
        ErrorRow{"ANameInQuotes", In::where, "\"item\" = 1", "; write item without quotes"},
        ErrorRow{"AFieldBehindADot", In::where, "item.status = 1", "; did you mean item->>'status'?"},
        ErrorRow{"AMissingSide", In::where, "item = ", "\")\""},
        ErrorRow{"AnOpenPath", In::where, "item->>'$[' = 1", "'$[' is no JSON path"},
        ErrorRow{"APathThatEndsInADot", In::where, "json_extract(item, '$.a.') = 1",
                 "'$.a.' is no JSON path"},
        ErrorRow{"APathWithoutADot", In::select, "SELECT value FROM json_each(body, '$a')",
                 "'$a' is no JSON path"},
        ErrorRow{"AnIndexThatIsNoNumber", In::select, "SELECT body->'$[x]' AS a", "'$[x]' is no JSON path"},
        ErrorRow{"Nothing", In::where, "", "it is empty"},
        ErrorRow{"OnlyAComment", In::where, "-- nothing", "it is empty"},
        ErrorRow{"TwoExpressions", In::where, "1, 2", ""},
        ErrorRow{"AHeaderOfAnItem", In::where, "header('x') = 1", "it may not use the function header"},
        ErrorRow{"AHeaderWithoutAName", In::when, "header() = 1", "header"},
        ErrorRow{"TwoColumnsOfOneName", In::select, "SELECT 1 AS a, 2 AS a",
                 "two of its columns are named a"},
        ErrorRow{"ATableThatIsNotThere", In::select, "SELECT * FROM records", "records"},
        ErrorRow{"AnExpressionForASelect", In::select, "body->>'a'", "it is no SELECT"},
        ErrorRow{"AParenthesisTooMany", In::where, "1) OR (1", "a parenthesis closes that was never opened"},
        ErrorRow{"AnOpenParenthesis", In::where, "(1", "a parenthesis is not closed"},
        ErrorRow{"AnotherStatementInside", In::where, "1); ATTACH 'x' AS y; SELECT (1",
                 "a parenthesis closes"},
        ErrorRow{"ASemicolon", In::where, "1; SELECT 2", "no semicolon"},
        ErrorRow{"TwoSelects", In::select, "SELECT 1; SELECT 2", "no semicolon"},
        ErrorRow{"AnOpenComment", In::where, "1 /* open", "a comment does not end"},
        ErrorRow{"AnOpenText", In::where, "'open", "a ' is not closed"},
        ErrorRow{"AnOpenBracket", In::where, "item = [open", "a [ is not closed"},
        ErrorRow{"AParameter", In::where, "item = ?", "no parameters"},
        ErrorRow{"ANamedParameter", In::where, "item = :item", "no parameters"},
        ErrorRow{"ADollarParameter", In::where, "item = $x", "no parameters"}),
    [](const auto& row) { return std::string(row.param.slip); });

TEST(ExpressionErrors, SayNothingOfWhatIsRight) {
  Expressions expressions;
  EXPECT_EQ(expressions.error_in_where("item->>'status' <> 'decommissioned'"), std::nullopt);
  EXPECT_EQ(expressions.error_in_when("status = 200 AND body->>'status' = 1401 AND header('x-a') = 'b'"),
            std::nullopt);
  EXPECT_EQ(
      expressions.error_in_select("SELECT parents->>'$.a.b' AS b, body, fetched_at FROM json_each(body)"),
      std::nullopt);
}

TEST(ExpressionErrors, RefuseATextWithAZeroByte) {
  Expressions expressions;
  EXPECT_EQ(expressions.error_in_where(std::string("1\0) OR (1", 9)), "it holds a zero byte");
}

TEST(ExpressionErrors, RefuseATextThatIsTooLong) {
  Expressions expressions;
  EXPECT_EQ(expressions.error_in_where("'" + std::string(100'000, 'x') + "' = ''"),
            "it is longer than 64 KiB");
}

TEST(ExpressionErrors, TakeEveryPathThatSqliteReads) {
  Expressions expressions;
  for (const char* path : {"$", "$.a", "$.a.b", "$[0]", "$[#]", "$[#-1]", "$.a[2].b[3]", "$.\"two words\".a",
                           "$.\"a.b\"", "$.a-b", "$.é"}) {
    EXPECT_EQ(expressions.error_in_where(std::string("item->>'") + path + "' = 1"), std::nullopt) << path;
  }
  // What is no path need not look like one.
  EXPECT_EQ(expressions.error_in_where("item->>'price' LIKE '$ 1%' OR replace('$a', '$a', '$[') = ''"),
            std::nullopt);
}

}  // namespace
}  // namespace fanout
