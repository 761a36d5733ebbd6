// What a configuration says about requests: lists in a query, moments, addresses of items.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "config/loading.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string errors_of(const std::string& text) {
  std::string all;
  for (const auto& line : error_lines(load_config_text(text, "fanoutd.toml"))) all += line + "\n";
  return all;
}

std::string with_pipeline_key(const std::string& line) {
  return "[vendor.v]\nbase_url = \"https://v.example\"\n[pipeline.p]\nvendor = \"v\"\n" + line +
         "\n[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n";
}

TEST(LoadAsking, AListInAQueryIsTheSameParameterAsOften) {
  const Config config =
      load_text(around("", "query = { tag = [\"a\", \"{run.id}\", 3], one = \"1\", none = [] }"));
  std::vector<std::string> pairs;
  for (const auto& [name, value] : config.pipelines.at("p").levels.at(0).query)
    pairs.push_back(name + "=" + value.text());
  EXPECT_THAT(pairs, ElementsAre("tag=a", "tag={run.id}", "tag=3", "one=1"));
  EXPECT_THAT(errors_of(around("", "query = { tag = [{ a = 1 }] }")), HasSubstr("a text or a list of texts"));
  EXPECT_THAT(errors_of(around("", "headers = { X-A = [\"1\"] }")), HasSubstr("must be a text"));
}

TEST(LoadAsking, AnUnknownFormOfAMomentIsAnErrorThatNamesTheNearest) {
  load_text(around("", "query = { a = \"{run.since.rfc3339}\", b = \"{run.at.local_date}\" }"));
  EXPECT_THAT(errors_of(around("", "query = { a = \"{run.since.rfc3393}\" }")),
              HasSubstr("did you mean \"run.since.rfc3339\"?"));
}

TEST(LoadAsking, AFirstRunMayBeginLaterThanTime) {
  const Config config = load_text(with_pipeline_key("first_since = \"30d\"\ntimezone = \"Europe/Berlin\""));
  EXPECT_EQ(config.pipelines.at("p").first_since->ago, std::chrono::hours(30 * 24));
  EXPECT_EQ(config.pipelines.at("p").zone, "Europe/Berlin");
  EXPECT_THAT(errors_of(with_pipeline_key("first_since = \"last year\"")),
              HasSubstr("neither a date nor a duration"));
}

TEST(LoadAsking, APathMayBeTheAddressThatAnItemSays) {
  const std::string below = "[[pipeline.p.level]]\nname = \"b\"\nparent = \"a\"\npath = \"";
  load_text(around("", "items = \"$\"\nkeep = [\"url\"]", below + "{+a.url}\""));
  load_text(around("", "items = \"$\"\nkeep = [\"url\"]", below + "/x/{a.url?}\""));
  EXPECT_THAT(errors_of(around("", "items = \"$\"\nkeep = [\"url\"]", below + "{a.url}\"")),
              HasSubstr("must begin with /"));
  EXPECT_THAT(errors_of(around("", "items = \"$\"\nkeep = [\"url\"]", below + "/{a.url}?x=1\"")),
              HasSubstr("ends before a \"?\""));
}

TEST(LoadAsking, AParameterThatAuthSetsIsSetByNothingElse) {
  const std::string auth = "auth = { kind = \"query\", name = \"key\", value = { env = \"K\" } }\n";
  EXPECT_THAT(errors_of(around(auth, "query = { key = \"1\" }")),
              HasSubstr("which auth of the vendor sets too"));
  load_text(around(auth, "query = { keys = \"1\" }"));
}

TEST(LoadAsking, AMessageThatListsKeysNamesEachOnce) {
  const auto lines = error_lines(load_config_text(
      around("zzzzzz = 1\nretry = { zzzzzz = 1 }",
             "zzzzzz = 1\nitems = \"$\"\npage = { kind = \"page\", param = \"p\", zzzzzz = 1 }"),
      "fanoutd.toml"));
  int lists = 0;
  for (const auto& line : lines) {
    const auto begin = line.find(" knows ");
    if (begin == std::string::npos) continue;
    ++lists;
    std::istringstream words(line.substr(begin + 7));
    std::set<std::string> seen;
    for (std::string word; words >> word;) {
      if (word.ends_with(',')) word.pop_back();
      if (word == "and") continue;
      EXPECT_TRUE(seen.insert(word).second) << word << " is named twice: " << line;
    }
  }
  EXPECT_EQ(lists, 4);
}

}  // namespace
}  // namespace fanout
