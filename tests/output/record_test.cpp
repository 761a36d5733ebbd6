#include "output/record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "output/records.h"

namespace fanout {
namespace {

TEST(Record, IsALineOfItsParentsItsTimeAndItsBody) {
  const auto output = output_to("data.ndjson");
  auto record = record_for(output, R"({"a":9007199254740993})");
  record.parents = R"({"troop":{"id":1}})";
  Expressions expressions;
  std::string text = "before\n";
  std::string why;
  EXPECT_EQ(ndjson_lines().append(record, expressions, text, &why), 1U);
  EXPECT_EQ(
      text,
      "before\n"
      R"({"parents":{"troop":{"id":1}},"fetched_at":"2026-11-23T02:00:00.000Z","body":{"a":9007199254740993}})"
      "\n");
}

std::string line_with(const std::string& body) {
  const auto output = output_to("data.ndjson");
  Expressions expressions;
  std::string text;
  std::string why;
  ndjson_lines().append(record_for(output, body), expressions, text, &why);
  return text;
}

TEST(Record, IsOneLineHoweverTheBodyIsBroken) {
  EXPECT_EQ(line_with("{\r\n  \"a\": 1\n}\n"), line_of("{    \"a\": 1 } "));
}

TEST(Record, IsTheCleanedTextExceptInAFileOfItsOwn) {
  const auto output = output_to("data.ndjson");
  auto record = record_for(output, "\xEF\xBB\xBF{\"a\":1}");
  record.cleaned_body = R"({"a":1})";
  Expressions expressions;
  std::string text, why;
  ndjson_lines().append(record, expressions, text, &why);
  EXPECT_EQ(text, line_of(R"({"a":1})"));
  text.clear();
  EXPECT_EQ(json_files().append(record, expressions, text, &why), 1U);
  EXPECT_EQ(text, record.body);
  auto shaped = output;
  shaped.select = "SELECT body->>'a' AS a";
  record.output = &shaped;
  text.clear();
  ndjson_lines().append(record, expressions, text, &why);
  EXPECT_EQ(text, "{\"a\":1}\n") << why;
}

TEST(Record, WithoutABodyIsNull) { EXPECT_EQ(line_with(""), line_of("null")); }

TEST(Record, WithASelectIsALineForEachRow) {
  auto output = output_to("data.ndjson");
  output.select = "SELECT parents->>'$.w.name' AS w, value AS v FROM json_each(body, '$.values')";
  auto record = record_for(output, R"({"values":[1,2.5,null]})");
  record.parents = R"({"w":{"name":"web \"1\""}})";
  Expressions expressions;
  std::string text;
  std::string why;
  EXPECT_EQ(ndjson_lines().append(record, expressions, text, &why), 3U) << why;
  EXPECT_EQ(text, R"({"w":"web \"1\"","v":1})"
                  "\n"
                  R"({"w":"web \"1\"","v":2.5})"
                  "\n"
                  R"({"w":"web \"1\"","v":null})"
                  "\n");
}

TEST(Record, WhoseSelectFailsAppendsNothingAndSaysWhy) {
  auto output = output_to("data.ndjson");
  output.select = "SELECT value FROM json_each(body)";
  Expressions expressions;
  std::string text = "before\n";
  std::string why;
  EXPECT_EQ(ndjson_lines().append(record_for(output, "<html>"), expressions, text, &why), std::nullopt);
  EXPECT_EQ(text, "before\n");
  EXPECT_TRUE(why.starts_with("select failed: ")) << why;
}

TEST(Record, AsAFileOfItsOwnIsTheBodysOwnBytes) {
  const auto output = output_to("raw/{id}.json");
  Expressions expressions;
  std::string text;
  std::string why;
  EXPECT_EQ(json_files().append(record_for(output, "{\n \"a\": 1 }\n"), expressions, text, &why), 1U);
  EXPECT_EQ(text, "{\n \"a\": 1 }\n");
}

TEST(Path, FillsEachNameIntoOneComponent) {
  struct Case {
    std::string name;
    std::string expected;
  };
  const auto output = output_to("raw/{name}/x-{name}.json");
  for (const auto& [name, expected] : std::vector<Case>{
           {"web", "raw/web/x-web.json"}, {"Z\u00fcrich 1", "raw/Z\u00fcrich 1/x-Z\u00fcrich 1.json"}}) {
    std::string why;
    EXPECT_EQ(path_of(record_for(output, "", {{"name", name}}), &why), expected);
  }
  for (const std::string name : {"..", "../../etc", "/", "", ".", "a/../b", "\n"}) {
    std::string why;
    const auto path = path_of(record_for(output, "", {{"name", name}}), &why);
    ASSERT_TRUE(path) << why;
    EXPECT_EQ(std::count(path->begin(), path->end(), '/'), 2) << *path;
    EXPECT_EQ(path->find("/."), std::string::npos) << *path;
  }
}

TEST(Path, WithoutAValueSaysWhichIsMissing) {
  const auto output = output_to("raw/{troop.id}.json");
  std::string why;
  EXPECT_EQ(path_of(record_for(output, ""), &why), std::nullopt);
  EXPECT_NE(why.find("troop.id has no value"), std::string::npos) << why;
}

TEST(Path, HasComponentsThatAFileSystemTakes) {
  const auto output = output_to("raw/{name}{name}/{name}{name}.ndjson.zst");
  std::string why;
  const auto path = path_of(record_for(output, "", {{"name", std::string(150, 'x')}}), &why);
  ASSERT_TRUE(path) << why;
  EXPECT_TRUE(path->ends_with(".ndjson.zst")) << *path;
  EXPECT_LE(path->size(), 4 + 2 * 201U);
}

TEST(Path, ThatIsTooLongIsRefused) {
  std::string to = "raw";
  for (int i = 0; i < 30; ++i) to += "/{name}";
  const auto output = output_to(to + ".json");
  std::string why;
  EXPECT_EQ(path_of(record_for(output, "", {{"name", std::string(150, 'x')}}), &why), std::nullopt);
  EXPECT_NE(why.find("longer than"), std::string::npos) << why;
}

TEST(Path, HasAnEnding) {
  struct Case {
    std::string path;
    std::string ending;
  };
  for (const auto& [path, ending] : std::vector<Case>{{"processed/data.ndjson.zst", ".ndjson.zst"},
                                                      {"data.ndjson", ".ndjson"},
                                                      {"a.b/data.json.gz", ".json.gz"},
                                                      {"v1.2.ndjson", ".ndjson"},
                                                      {"a.b/data", ""},
                                                      {"x.gz", ".gz"},
                                                      {".hidden", ""}}) {
    EXPECT_EQ(ending_of(path), ending) << path;
  }
}

// What a rule keeps though it is no JSON, and what is JSON and still breaks a line.
TEST(AppendLines, MakeOneLineOfValidJsonOfWhateverCame) {
  struct Row {
    std::string body;
    bool is_json;
    nlohmann::json kept;
  };
  const auto output = output_to("data.ndjson");
  for (const Row& row : std::vector<Row>{{"{\"a\":\r\n[1,\n2]}", true, {{"a", {1, 2}}}},
                                         {"", true, nullptr},
                                         {"<html>\n\"no\"</html>", false, "<html>\n\"no\"</html>"},
                                         {"OK", false, "OK"},
                                         {"a\tb\x01\\", false, "a\tb\x01\\"},
                                         {std::string("a\0b", 3), false, std::string("a\0b", 3)},
                                         {"caf\xE9", false, "caf\uFFFD"},
                                         {"\xEF\xBB\xBFOK", false, "\uFEFFOK"},
                                         {"{\"a\":1}}", false, "{\"a\":1}}"}}) {
    auto record = record_for(output, row.body);
    record.body_is_json = row.is_json;
    Expressions expressions;
    std::string text, why;
    EXPECT_EQ(ndjson_lines().append(record, expressions, text, &why), 1U);
    EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
    const auto line = nlohmann::json::parse(text, nullptr, false);
    ASSERT_FALSE(line.is_discarded()) << text;
    EXPECT_EQ(line["body"], row.kept) << text;
  }
}

}  // namespace
}  // namespace fanout
