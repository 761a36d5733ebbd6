// [vendor.X.told]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/loading.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> errors_of_told(const std::string& told) {
  return error_lines(load_config_text(around("told = { " + told + " }", ""), "fanoutd.toml"));
}

TEST(LoadTold, IsSqlForEachThatAVendorTells) {
  const Config config =
      load_text(around("[vendor.v.told]\n"
                       "limit = \"header('X-Most')\"\n"
                       "remaining = \"body->>'$.cost.left'\"\n"
                       "reset = \"header('X-Wait') / 1000.0\"\n"
                       "window = \"'60s'\"",
                       ""));
  const auto& told = config.vendors.at("v").told;
  EXPECT_EQ(told.limit, "header('X-Most')");
  EXPECT_EQ(told.reset, "header('X-Wait') / 1000.0");
  EXPECT_EQ(config.pipelines.at("p").told.remaining, "body->>'$.cost.left'") << "its replies are read so";
  EXPECT_THAT(describe(config, WallTime{}), HasSubstr("told         window = '60s'"));
  EXPECT_TRUE(load_text(around("", "")).vendors.at("v").told.empty());
}

TEST(LoadTold, ErrorsNameTheirPlace) {
  EXPECT_THAT(errors_of_told("remaining = \"heder('X')\""),
              ElementsAre(HasSubstr("fanoutd.toml:3:22: \"remaining\": ")));
  EXPECT_THAT(errors_of_told("remaining = \"item->>'$.a'\""), ElementsAre(HasSubstr("item")));
  EXPECT_THAT(errors_of_told("remaining = 5"), ElementsAre(HasSubstr("must be a text")));
  EXPECT_THAT(errors_of_told("remaining = \"1\", rest = \"1\""),
              ElementsAre(HasSubstr("unknown key \"rest\"")));
  EXPECT_THAT(errors_of_told("remaining = \"1\", remanining = \"1\""),
              ElementsAre(HasSubstr("did you mean \"remaining\"?")));
  EXPECT_THAT(errors_of_told("remaining = \"X-Remaining\""),
              ElementsAre(HasSubstr("the value of a header is header('X-Remaining')")));
}

TEST(LoadTold, ThatCouldNotBeKeptToIsAnError) {
  for (const auto* told : {"", "limit = \"10\"", "window = \"60\"", "reset = \"60\", window = \"60\""})
    EXPECT_THAT(errors_of_told(told),
                ElementsAre(HasSubstr("[vendor.v.told] says nothing that could be kept to")))
        << told;
  EXPECT_THAT(errors_of_told("limit = \"10\", window = \"60\""), ElementsAre());
}

}  // namespace
}  // namespace fanout
