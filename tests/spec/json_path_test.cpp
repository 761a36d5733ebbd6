#include "spec/json_path.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

using nlohmann::json;

// What the path leads to, as one list.
json found(const std::string& path, const json& root) {
  const auto parsed = JsonPath::parse(path);
  if (!parsed) return "no path: " + path;
  json list = json::array();
  for (const auto* node : parsed->all(root)) list.push_back(*node);
  const auto* first = parsed->first(root);
  EXPECT_EQ(first != nullptr, !list.empty()) << path;
  if (first != nullptr && !list.empty()) {
    EXPECT_EQ(*first, list.front()) << path;
  }
  return list;
}

TEST(JsonPath, LeadsToWhatItNames) {
  const json root = json::parse(R"({
    "items": [{"id": 1, "tags": ["a", "b"]}, {"id": 2}, {"id": 3, "tags": ["c"]}],
    "total": 9007199254740993,
    "the list": {"it's": 5, "a.b": 6, "": 7, "back\\slash": 8, "x\"y": 9},
    "größe": 10, "_x9": 11, "nothing": null, "text": "t"
  })");
  const std::pair<const char*, const char*> rows[] = {
      {"$.total", "[9007199254740993]"},
      {"$.items[0].id", "[1]"},
      {"$.items[2].id", "[3]"},
      {"$.items[*].id", "[1, 2, 3]"},
      {"$.items[*].tags[*]", R"(["a", "b", "c"])"},
      {"$.items[*].tags[0]", R"(["a", "c"])"},
      {"$.items[*].tags[1]", R"(["b"])"},  // the first item that has one
      {"$['total']", "[9007199254740993]"},
      {"$[\"total\"]", "[9007199254740993]"},
      {"$['the list']['a.b']", "[6]"},
      {"$['the list']['it\\'s']", "[5]"},
      {"$['the list'][\"it's\"]", "[5]"},
      {"$['the list']['']", "[7]"},
      {"$['the list']['back\\\\slash']", "[8]"},
      {"$['the list']['x\"y']", "[9]"},
      {"$.größe", "[10]"},
      {"$._x9", "[11]"},
      {"$.nothing", "[null]"},  // null is a value
      {"$.items[0].*", R"([1, ["a", "b"]])"},
      {"$.none", "[]"},
      {"$.total.none", "[]"},
      {"$.total[0]", "[]"},
      {"$.text[0]", "[]"},  // a text is no list of letters
      {"$.text[*]", "[]"},
      {"$.items.id", "[]"},
      {"$.items[3]", "[]"},
      {"$.items['0']", "[]"},  // a name is no number
      {"$.items[9223372036854775807]", "[]"},
  };
  for (const auto& [path, expected] : rows) EXPECT_EQ(found(path, root), json::parse(expected)) << path;
}

TEST(JsonPath, IsTheWholeWithoutSteps) {
  EXPECT_EQ(found("$", json::parse("[1, 2]")), json::parse("[[1, 2]]"));
  EXPECT_EQ(found("$", 7), json::parse("[7]"));
  EXPECT_EQ(found("$[*]", json::parse("[1, 2]")), json::parse("[1, 2]"));
  EXPECT_EQ(found("$[*]", json::parse("[]")), json::parse("[]"));
}

TEST(JsonPath, KeepsItsTextAndSteps) {
  const auto path = JsonPath::parse("$.a['b c'][3][*]");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->text(), "$.a['b c'][3][*]");
  ASSERT_EQ(path->steps().size(), 4U);
  EXPECT_EQ(std::get<std::string>(path->steps()[0]), "a");
  EXPECT_EQ(std::get<std::string>(path->steps()[1]), "b c");
  EXPECT_EQ(std::get<std::int64_t>(path->steps()[2]), 3);
  EXPECT_TRUE(std::holds_alternative<JsonPath::Wildcard>(path->steps()[3]));
}

TEST(JsonPath, SaysWhatIsWrongWithATextThatIsNone) {
  constexpr auto kBegin = "it begins with $";
  constexpr auto kStep = "after $ and each step comes a . or a [";
  constexpr auto kName =
      "after a . comes a name; one that begins with something else is written ['the name']";
  constexpr auto kBracket = "between [ and ] stands a number from 0, a name in quotes, or *";
  constexpr auto kEscape = "a \\ in a name stands before its quote or another \\";
  const std::pair<const char*, const char*> rows[] = {
      {"", kBegin},
      {"items", kBegin},
      {".items", kBegin},
      {" $", kBegin},
      {"$items", kStep},
      {"$.a b", kStep},
      {"$.a-b", kStep},
      {"$ ", kStep},
      {"$.", kName},
      {"$..a", kName},  // searching everywhere is not in the subset
      {"$.1", kName},
      {"$.a.", kName},
      {"$.['a']", kName},
      {"$[", kBracket},
      {"$[]", kBracket},
      {"$[a]", kBracket},
      {"$[-1]", kBracket},
      {"$[01]", kBracket},
      {"$[+1]", kBracket},
      {"$[?@.a]", kBracket},
      {"$[9223372036854775808]", kBracket},
      {"$[1", "a [ without its ]"},
      {"$[1:2]", "a [ without its ]"},
      {"$[1,2]", "a [ without its ]"},
      {"$[*", "a [ without its ]"},
      {"$['a'", "a [ without its ]"},
      {"$['a", "a name in quotes does not end"},
      {"$['a\"]", "a name in quotes does not end"},
      {"$['a\\'", "a name in quotes does not end"},
      {"$['a\\", kEscape},
      {"$['a\\n']", kEscape},
      {"$['\\u00e4']", kEscape},
      {"$['a\\\"']", kEscape},  // needs none between single quotes
  };
  for (const auto& [text, expected] : rows) {
    std::string why;
    EXPECT_FALSE(JsonPath::parse(text, &why)) << text;
    EXPECT_EQ(why, expected) << text;
    EXPECT_FALSE(JsonPath::parse(text)) << "nobody needs to ask why";
  }
}

}  // namespace
}  // namespace fanout
