#include "reply/json_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reply/read_case.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

// ---- bodies that list nothing

struct BodyRow {
  const char* what;
  std::string body;
  Fault fault;
  const char* detail;  // holds this
};

TEST(Body, OfAGoodReplyMustBeJson) {
  const std::vector<BodyRow> rows = {
      {"an object", R"({"a":[1,2.5,-3e2,"x",true,null]})", Fault::none, ""},
      {"a plain value", "7", Fault::none, ""},
      {"blanks around it", " \r\n[1]\n ", Fault::none, ""},
      {"a byte order mark", "\xEF\xBB\xBF{}", Fault::none, ""},
      {"a hostile name", R"({"\u0000\u001b[31m😀":"\ud83d\ude00"})", Fault::none, ""},
      {"a huge integer", "[123456789012345678901234567890]", Fault::none, ""},
      {"nothing", "", Fault::malformed, "an empty body"},
      {"blanks", " \n", Fault::malformed, "an empty body"},
      {"HTML", "\n<!DOCTYPE html><title>Down</title>", Fault::malformed,
       "answered HTML or XML instead of JSON: <!DOC"},
      {"words", "Service unavailable\x1B[2J", Fault::malformed, "Service unavailable [2J"},
      {"half of it", R"({"a":[1,2)", Fault::malformed, "not JSON"},
      {"two of them", "{} {}", Fault::malformed, "something follows it"},
      {"a comma too many", "[1,]", Fault::malformed, "not JSON"},
      {"not a number", "[NaN]", Fault::malformed, "not JSON"},
      {"a comment", "[/* x */]", Fault::malformed, "not JSON"},
      {"Latin-1", "[\"M\xFCller\"]", Fault::malformed, "not JSON"},
      {"half a surrogate", R"(["\ud800"])", Fault::none, ""},
      {"a line break in a text", "[\"a\nb\"]", Fault::malformed, "not JSON"},
      {"64 deep", nested(64), Fault::none, ""},
      {"65 deep", nested(65), Fault::too_deep, "nested deeper than 64"},
      {"a million deep", std::string(1'000'000, '['), Fault::too_deep, "nested deeper than 64"},
  };
  for (const auto& [what, body, fault, detail] : rows) {
    ReadCase plain(body);
    plain.level().items.reset();
    const Reading reading = plain.read();
    EXPECT_EQ(reading.facts.fault, fault) << what << ": " << reading.facts.detail;
    EXPECT_THAT(reading.facts.detail, HasSubstr(detail)) << what;
    EXPECT_THAT(reading.seeds, IsEmpty());
  }
}

TEST(Body, MayBeMissingWhereTheStatusSaysSo) {
  ReadCase none("", 204);
  EXPECT_EQ(none.read().facts.fault, Fault::none);
  ReadCase unchanged("", 304);
  EXPECT_EQ(unchanged.read().facts.fault, Fault::none);
}

// ---- lists

struct ListRow {
  const char* items;
  const char* body;
  Fault fault;
  std::vector<std::string> keys;
  const char* detail;
};

TEST(List, IsFoundWhereTheLevelSays) {
  const std::vector<ListRow> rows = {
      {"$.items", R"({"items":[{"id":1},{"id":"b"}]})", Fault::none, {"1", "b"}, ""},
      {"$.items", R"({"items":[]})", Fault::none, {}, ""},
      {"$", R"([{"id":1}])", Fault::none, {"1"}, ""},
      {"$[*]", R"([{"id":1},{"id":2}])", Fault::none, {"1", "2"}, ""},
      {"$.a['b c'].d",
       R"({"d":[{"id":0}],"a":{"d":[{"id":9}],"b c":{"d":[{"id":1}]}}})",
       Fault::none,
       {"1"},
       ""},
      {"$.a[1]", R"({"a":[[{"id":1}],[{"id":2}]]})", Fault::none, {"2"}, ""},
      {"$.a[*].n", R"({"a":[{"n":5},{"n":6}]})", Fault::none, {"5", "6"}, ""},
      {"$.a[*].n", R"({"a":[]})", Fault::none, {}, ""},
      {"$.a[*].b[*]", R"({"a":[{"b":["x"]},{"b":[]},{"b":["y","z"]}]})", Fault::none, {"x", "y", "z"}, ""},
      {"$.items",
       R"({"items":["go_gc","b",3,9007199254740993]})",
       Fault::none,
       {"go_gc", "b", "3", "9007199254740993"},
       ""},
      // Listed twice, asked for once.
      {"$.items", R"({"items":[{"id":1},{"id":1,"x":2},{"id":2}]})", Fault::none, {"1", "2"}, ""},
      {"$.items",
       R"({"data":[],"total":3})",
       Fault::not_as_level,
       {},
       "no items at $.items; its fields are data, total"},
      {"$.items", "[]", Fault::not_as_level, {}, "no items at $.items"},
      {"$.items", R"({"items":null})", Fault::not_as_level, {}, "$.items is null, where an array"},
      {"$.items", R"({"items":{"a":1}})", Fault::not_as_level, {}, "$.items is an object"},
      {"$.items", R"({"items":"none"})", Fault::not_as_level, {}, "$.items is a string"},
      {"$.a[*].n", R"({"b":1})", Fault::not_as_level, {}, "no items at $.a[*].n"},
      {"$.a[*].n",
       R"({"a":[{"n":5},{"m":6}]})",
       Fault::not_as_level,
       {},
       "leads to 1 items, but there are 2"},
      {"$.items", R"({"items":[{"id":1},null]})", Fault::not_as_level, {}, "item 1: it is null"},
      {"$.items", R"({"items":[[1]]})", Fault::not_as_level, {}, "item 0: it is of type array"},
      // What is broken further on may be right next time.
      {"$.items", R"({"items":[null],"x":)", Fault::malformed, {}, "not JSON"},
  };
  for (const auto& [items, body, fault, expected, detail] : rows) {
    ReadCase list(body);
    list.list_at(items);
    const Reading reading = list.read();
    EXPECT_EQ(reading.facts.fault, fault) << body << ": " << reading.facts.detail;
    EXPECT_EQ(keys(reading), expected) << body;
    EXPECT_THAT(reading.facts.detail, HasSubstr(detail)) << body;
  }
}

struct AbsentRow {
  const char* items;
  const char* body;
  std::vector<std::string> keys;
  const char* without;  // what the reply is told where the level does not say so
};

TEST(List, ThatIsMissingIsEmptyWhereTheLevelSaysSo) {
  for (const auto& [items, body, expected, without] : {
           AbsentRow{"$.items", R"({"items":null})", {}, "$.items is null"},
           AbsentRow{"$.items", R"({"total":0})", {}, "no items at $.items"},
           AbsentRow{"$.items", "null", {}, "no items at $.items"},
           AbsentRow{"$", "null", {}, "$ is null"},
           AbsentRow{"$.a.items", R"({"a":null})", {}, "no items at $.a.items"},
           AbsentRow{"$[*]", "null", {}, "no items at $[*]"},
           AbsentRow{"$.a[*].b[*]",
                     R"({"a":[{"b":["x"]},{"b":null},{},{"b":["y"]}]})",
                     {"x", "y"},
                     "2 lists, but there are 4 places"},
           AbsentRow{"$.a[*].b[*]", R"({"a":[{"b":null}]})", {}, "0 lists, but there are 1 places"},
           AbsentRow{"$.a[*].b[*]", R"({"a":null})", {}, "no items at"},
           AbsentRow{"$.a[*].n", R"({"a":[{"n":"x"},{}]})", {"x"}, "1 items, but there are 2 places"},
       }) {
    ReadCase list(body);
    list.list_at(items);
    Reading reading = list.read();
    EXPECT_EQ(reading.facts.fault, Fault::not_as_level) << body;
    EXPECT_THAT(reading.facts.detail, HasSubstr(without)) << body;
    EXPECT_THAT(reading.facts.detail, HasSubstr("say missing = \"empty\"")) << body;
    list.level().missing_is_empty = true;
    reading = list.read();
    EXPECT_EQ(reading.facts.fault, Fault::none) << body << ": " << reading.facts.detail;
    EXPECT_EQ(keys(reading), expected) << body;
  }
  ReadCase list(R"({"items":"none"})");
  list.level().missing_is_empty = true;
  EXPECT_EQ(list.read().facts.fault, Fault::not_as_level) << "a text is no missing list";
}

TEST(List, OfOneMayBeThatOneWhereTheLevelSaysSo) {
  for (const auto& [items, body, expected] : {
           std::tuple("$.items", R"({"items":{"id":7}})", std::vector<std::string>{"7"}),
           std::tuple("$.items", R"({"items":[{"id":7},{"id":8}]})", std::vector<std::string>{"7", "8"}),
           std::tuple("$", R"({"id":7})", std::vector<std::string>{"7"}),
           std::tuple("$.items[*]", R"({"items":{"id":7}})", std::vector<std::string>{"7"}),
           std::tuple("$.a[*].b[*]", R"({"a":{"b":{"id":7}}})", std::vector<std::string>{"7"}),
           std::tuple("$.a[*].b[*]", R"({"a":[{"b":{"id":7}},{"b":[{"id":8}]}]})",
                      std::vector<std::string>{"7", "8"}),
           std::tuple("$.a[*].n", R"({"a":{"n":{"id":7}}})", std::vector<std::string>{"7"}),
       }) {
    ReadCase list(body);
    list.list_at(items);
    list.level().single_is_item = true;
    const Reading reading = list.read();
    EXPECT_EQ(reading.facts.fault, Fault::none) << body << ": " << reading.facts.detail;
    EXPECT_EQ(keys(reading), expected) << body;
  }
  ReadCase list(R"({"items":{"id":7}})");
  EXPECT_THAT(list.read().facts.detail, HasSubstr("say single = \"item\""));
}

TEST(List, OfTooManyItemsIsNotRead) {
  ReadCase list(R"({"items":[{"id":1},{"id":2},{"id":3}]})");
  list.level().max_items = 3;
  EXPECT_THAT(list.read().seeds, SizeIs(3));
  list.level().max_items = 2;
  const Reading reading = list.read();
  EXPECT_EQ(reading.facts.fault, Fault::not_as_level);
  EXPECT_THAT(reading.facts.detail, HasSubstr("more than 2 items; raise max_items"));
  EXPECT_THAT(reading.seeds, IsEmpty());
}

TEST(List, WithAnItemOfAMillionValuesIsNotRead) {
  std::string body = R"({"items":[{"id":1,"x":[[])";
  for (int i = 0; i < 1'000'000; ++i) body += ",[]";
  ReadCase list(body + "]}]}");
  EXPECT_EQ(list.read().facts.fault, Fault::not_as_level);
  EXPECT_THAT(list.read().facts.detail, HasSubstr("item 0 has too many values"));
}
}  // namespace
}  // namespace fanout
