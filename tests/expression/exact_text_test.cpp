#include "expression/exact_text.h"

#include <gtest/gtest.h>

#include "expression/expression.h"

namespace fanout {
namespace {

struct Row {
  const char* what;
  const char* select;
  std::string body;
  std::vector<std::string> rows;
  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.what; }
};

class ExactSelect : public testing::TestWithParam<Row> {};

TEST_P(ExactSelect, KeepsWhatTheVendorWrote) {
  const auto& [what, select, body, expected] = GetParam();
  Expressions expressions;
  std::string why;
  const auto rows =
      expressions.select(select, R"({"p":{"id":18446744073709551557,"s":"x\u0000y"}})", body, "T", &why);
  ASSERT_TRUE(rows) << why;
  EXPECT_EQ(*rows, expected);
}

INSTANTIATE_TEST_SUITE_P(
    Of, ExactSelect,
    testing::Values(
        Row{"a_text_with_a_zero",
            "SELECT body->>'s' AS s",
            R"({"s":"a\u0000b\u0000"})",
            {R"({"s":"a\u0000b\u0000"})"}},
        Row{"an_ancestors_text", "SELECT parents->>'$.p.s' AS s", "{}", {R"({"s":"x\u0000y"})"}},
        Row{"an_escaped_backslash", "SELECT body->>'s' AS s", R"({"s":"\\u0000"})", {R"({"s":"\\u0000"})"}},
        Row{"a_text_with_a_stand_in",
            "SELECT body->>'s' AS s",
            "{\"s\":\"\xEF\xB7\x90\\u0000\\uFDD1\"}",
            {"{\"s\":\"\xEF\xB7\x90\\u0000\xEF\xB7\x91\"}"}},
        Row{"JSON_as_a_whole",
            "SELECT body->'a' AS s",
            R"({"a":["\u0000",1e400,-1e400,1e401]})",
            {R"({"s":"[\"\\u0000\",1e400,-1e400,1e401]"})"}},
        Row{"an_integer_beyond_64_bits",
            "SELECT parents->>'$.p.id' AS id",
            "{}",
            {R"({"id":18446744073709551557})"}},
        Row{"the_greatest_integer_of_64_bits",
            "SELECT body->>'n' AS n",
            R"({"n":9223372036854775807})",
            {R"({"n":9223372036854775807})"}},
        Row{"2_to_the_63",
            "SELECT body->>'n' AS n",
            R"({"n":9223372036854775808})",
            {R"({"n":9223372036854775808})"}},
        Row{"neighbours_that_are_rounded_alike",
            "SELECT value AS n FROM json_each(body)",
            "[18446744073709551614,18446744073709551615,18446744073709551616]",
            {R"({"n":18446744073709551614})", R"({"n":18446744073709551615})",
             R"({"n":18446744073709551616})"}},
        Row{"nineteen_digits_behind_the_point",
            "SELECT value AS n FROM json_each(body)",
            "[0.1234567890123456789,-0.1234567890123456789]",
            {R"({"n":0.1234567890123456789})", R"({"n":-0.1234567890123456789})"}},
        Row{"a_number_beyond_a_double", "SELECT body->>'n' AS n", R"({"n":1e400})", {R"({"n":1e400})"}},
        Row{"a_number_below_a_double",
            "SELECT value AS n FROM json_each(body)",
            "[1e-400,0.0]",
            {R"({"n":1e-400})", R"({"n":0.0})"}},
        Row{"what_is_calculated",
            "SELECT sum(value) AS n FROM json_each(body)",
            "[0.5,0.25]",
            {R"({"n":0.75})"}},
        Row{"a_sum_of_what_is_rounded",
            "SELECT sum(value) > 3.6e19 AS n FROM json_each(body)",
            "[18446744073709551614,18446744073709551615]",
            {R"({"n":1})"}},
        Row{"an_order_of_what_is_rounded",
            "SELECT count(*) AS n FROM json_each(body) WHERE value > 0.2",
            "[0.1000000000000000055511151231257827,0.3000000000000000166533453693773481]",
            {R"({"n":1})"}}),
    [](const auto& row) { return std::string(row.param.what); });

TEST(ExactWhere, DoesNotTakeATextForItsBeginning) {
  Expressions expressions;
  EXPECT_FALSE(expressions.where("item->>'s' = 'a'", R"({"s":"a\u0000b"})"));
  EXPECT_TRUE(expressions.where("item->>'s' = 'a'", R"({"s":"a"})"));
}

}  // namespace
}  // namespace fanout
