#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "config/load.h"
#include "support/configured.h"

namespace fanout {
namespace {

struct AdaptiveRow {
  const char* name;
  const char* lines;
  bool searches;
  friend std::ostream& operator<<(std::ostream& out, const AdaptiveRow& row) { return out << row.name; }
};

std::string config(const std::string& lines) {
  return "[vendor.v]\nbase_url = \"https://v.example\"\n" + lines +
         "[pipeline.p]\nvendor = \"v\"\n[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n";
}

class LoadAdaptiveTest : public testing::TestWithParam<AdaptiveRow> {};

TEST_P(LoadAdaptiveTest, LooksForALimitWhereNoneIsKnownOrItIsWanted) {
  EXPECT_EQ(config_of(config(GetParam().lines))->vendors.at("v").adaptive, GetParam().searches);
}

INSTANTIATE_TEST_SUITE_P(
    Of, LoadAdaptiveTest,
    testing::Values(AdaptiveRow{"NoRate", "", true}, AdaptiveRow{"ARate", "rate = \"10/1s\"\n", false},
                    AdaptiveRow{"ARateAndMore", "rate = \"10/1s\"\nadaptive = true\n", true},
                    AdaptiveRow{"Neither", "adaptive = false\n", false}),
    [](const auto& each) { return each.param.name; });

TEST(LoadAdaptive, RefusesWhatIsNoBoolean) {
  const auto loaded = load_config_text(config("adaptive = \"yes\"\n"), "f.toml");
  ASSERT_TRUE(std::holds_alternative<ConfigErrors>(loaded));
  EXPECT_THAT(std::get<ConfigErrors>(loaded).front().text(), testing::HasSubstr("adaptive"));
}

}  // namespace
}  // namespace fanout
