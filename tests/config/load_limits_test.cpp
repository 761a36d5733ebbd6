// [[vendor.X.limit]], share and cost
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "config/loading.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Levels a, and below it b.
std::string with(const std::string& vendor, const std::string& level_a = "") {
  return around(vendor, "items = \"$\"\n" + level_a,
                "[[pipeline.p.level]]\nname = \"b\"\nparent = \"a\"\npath = \"/b/{a}\"\n");
}
std::string limit(const std::string& lines) { return with("[[vendor.v.limit]]\n" + lines); }

TEST(LoadLimits, ReadsAllThatALimitMaySay) {
  const auto config = load_text(with(
      "[[vendor.v.limit]]\nname = \"search\"\nmatch = { level = \"b\", path = \"/b/\", method = \"GET\" }\n"
      "per = \"{a}\"\nrate = [\"10/1s\", \"100/1h\"]\nburst = 2\nconcurrency = 3\ncost = 5\n"
      "quiet = \"mon-fri 08:00-18:00\"\ntimezone = \"Europe/Vienna\"\n"));
  const auto& limit = config.vendors.at("v").limits.at(0);
  EXPECT_EQ(limit.name, "search");
  EXPECT_EQ(limit.rates, (std::vector<Rate>{{10, milliseconds(1000)}, {100, milliseconds(3'600'000)}}));
  EXPECT_EQ(limit.concurrency, 3);
  EXPECT_EQ(limit.burst, 2);
  EXPECT_EQ(limit.cost, 5);
  EXPECT_EQ(limit.largest_cost, 5);
  EXPECT_EQ(limit.quiet->zone(), "Europe/Vienna");
  const auto& pipeline = config.pipelines.at("p");
  EXPECT_THAT(pipeline.level("a")->limits, testing::IsEmpty());
  EXPECT_THAT(pipeline.level("b")->limits, ElementsAre(0));
  EXPECT_THAT(
      describe(config, WallTime{}),
      HasSubstr("limit        search: level b, path /b/, per {a}, mon-fri 08:00-18:00 in Europe/Vienna: "
                "10/1s, 100/1h, up to 2 at once, 3 in flight, each request costs 5"));
}

TEST(LoadLimits, AValueThatOnlySomeLevelsHaveBindsThose) {
  const auto config = load_text(limit("per = \"{a}\"\nrate = \"1/1s\"\n"));
  EXPECT_THAT(config.pipelines.at("p").level("a")->limits, testing::IsEmpty());
  EXPECT_THAT(config.pipelines.at("p").level("b")->limits, ElementsAre(0));
}

TEST(LoadLimits, KnowsTheLargestCost) {
  const auto config =
      load_text(with("[[vendor.v.limit]]\nmatch = { level = \"a\" }\nrate = \"9/1s\"\n", "cost = 7\n"));
  EXPECT_EQ(config.vendors.at("v").largest_cost, 7);
  EXPECT_EQ(config.vendors.at("v").limits.at(0).largest_cost, 7);
}

struct Shared {
  const char* name;
  const char* lines;
  Rate rate;
  friend std::ostream& operator<<(std::ostream& out, const Shared& row) { return out << row.name; }
};

class LoadShare : public testing::TestWithParam<Shared> {};

TEST_P(LoadShare, LeavesTheRestOfARateToOthers) {
  EXPECT_THAT(load_text(with(GetParam().lines)).vendors.at("v").rates, ElementsAre(GetParam().rate));
}

INSTANTIATE_TEST_SUITE_P(
    Of, LoadShare,
    testing::Values(Shared{"AllOfIt", "rate = \"100/1s\"\nshare = \"100%\"\n", {100, milliseconds(1000)}},
                    Shared{"APart", "rate = \"100/1s\"\nshare = \"60%\"\n", {60, milliseconds(1000)}},
                    Shared{"NoWholeNumber", "rate = \"7/1s\"\nshare = \"50%\"\n", {3, milliseconds(1000)}},
                    Shared{"LessThanOne", "rate = \"1/1s\"\nshare = \"40%\"\n", {1, milliseconds(2500)}}),
    [](const auto& each) { return each.param.name; });

struct Wrong {
  const char* name;
  std::string lines;  // of the vendor
  const char* says;
  friend std::ostream& operator<<(std::ostream& out, const Wrong& row) { return out << row.name; }
};

class LoadWrongLimits : public testing::TestWithParam<Wrong> {};

TEST_P(LoadWrongLimits, SaysWhatIsWrong) {
  EXPECT_THAT(error_lines(load_config_text(with(GetParam().lines), "f.toml")),
              ElementsAre(HasSubstr(GetParam().says)));
}

const std::string kLimit = "[[vendor.v.limit]]\n";

INSTANTIATE_TEST_SUITE_P(
    Where, LoadWrongLimits,
    testing::Values(
        Wrong{"ALimitLimitsNothing", kLimit + "match = { level = \"b\" }\n",
              "[[vendor.v.limit]] limits nothing"},
        Wrong{"ALevelIsNotThere", kLimit + "match = { level = \"c\" }\nrate = \"1/1s\"\n",
              "no level of a pipeline"},
        Wrong{"OneOfTheLevelsIsNotThere", kLimit + "match = { level = [\"b\", \"c\"] }\nrate = \"1/1s\"\n",
              "no level of a pipeline of this vendor is named \"c\""},
        Wrong{"APathIsNotThere", kLimit + "match = { path = \"/c\" }\nrate = \"1/1s\"\n",
              "no level of a pipeline"},
        Wrong{"APathIsNone", kLimit + "match = { path = \"b\" }\nconcurrency = 1\n", "must begin with /"},
        Wrong{"AMethodIsNotAsked", kLimit + "match = { level = \"b\", method = \"PUT\" }\nconcurrency = 1\n",
              "every request is a GET"},
        Wrong{"AValueIsNotAbove", kLimit + "match = { level = \"b\" }\nper = \"{c.id}\"\nconcurrency = 1\n",
              "unknown name \"c.id\""},
        Wrong{"NoLevelHasTheValue", kLimit + "per = \"{c.id}\"\nconcurrency = 1\n", "no level of a pipeline"},
        Wrong{"PerIsNoField", kLimit + "per = \"account\"\nconcurrency = 1\n", "names no field"},
        Wrong{"HoursAreNone", kLimit + "quiet = \"at night\"\nconcurrency = 1\n", "no time of the day"},
        Wrong{"AZoneHasNoHours", kLimit + "timezone = \"UTC\"\nconcurrency = 1\n", "without quiet or quota"},
        Wrong{"AQuotaIsNone", kLimit + "quota = \"100/1d\"\n", "no number of requests in a day or a month"},
        Wrong{"ACostIsMoreThanAQuota", kLimit + "cost = 20\nquota = \"10/day\"\n",
              "never goes within a quota of 10/day"},
        Wrong{"AResetIsNoTime", kLimit + "quota = \"100/day\"\nresets = \"noon\"\n", "no time of the day"},
        Wrong{"AResetHasNoQuota", kLimit + "resets = \"00:00\"\nconcurrency = 1\n", "without quota"},
        Wrong{"AZoneIsNone", kLimit + "quiet = \"08:00-09:00\"\ntimezone = \"Mars\"\nconcurrency = 1\n",
              "Mars"},
        Wrong{"NothingEverGoes", kLimit + "concurrency = 0\n", "lets nothing go, ever"},
        Wrong{"ACostIsMoreThanARate", kLimit + "cost = 5\nrate = \"4/1s\"\n", "never goes at a rate of 4/1s"},
        Wrong{"ALevelIsNone", kLimit + "match = { level = [] }\nconcurrency = 1\n", "is an empty list"},
        Wrong{"ARateIsNone", "rate = []\n", "is an empty list"},
        Wrong{"AQuotaStandsForARate", "rate = \"10/day\"\n", "the quota of a [[vendor.NAME.limit]]"},
        Wrong{"TwoHaveOneName",
              kLimit + "name = \"x\"\nconcurrency = 1\n" + kLimit + "name = \"x\"\nconcurrency = 2\n",
              "there is a limit \"x\" already"},
        Wrong{"AShareIsNothing", "rate = \"1/1s\"\nshare = \"0%\"\n", "no share that could be used"},
        Wrong{"AShareIsNextToNothing", "rate = \"1/1d\"\nshare = \"1e-300%\"\n",
              "no share that could be used"},
        Wrong{"AShareIsMoreThanAll", "rate = \"1/1s\"\nshare = \"110%\"\n", "no share that could be used"},
        Wrong{"AShareIsNoPercentage", "rate = \"1/1s\"\nshare = \"0.6\"\n", "no share that could be used"}),
    [](const auto& each) { return each.param.name; });

TEST(LoadLimits, ALevelThatCostsMoreThanARateAllowsIsRefused) {
  EXPECT_THAT(error_lines(load_config_text(with("rate = \"4/1s\"\n", "cost = 5\n"), "f.toml")),
              ElementsAre(HasSubstr("a request that costs 5 never goes at a rate of 4/1s")));
}

TEST(LoadLimits, ALevelThatIsNamedTwiceIsOne) {
  const auto text = limit("match = { level = [\"b\", \"b\"] }\nrate = \"1/1s\"\n");
  EXPECT_EQ(load_text(text).vendors.at("v").limits.at(0).name, "b");
}

TEST(LoadLimits, SaysWhichOfTwoRatesBinds) {
  const auto text = describe(load_text(with("rate = [\"100/1s\", \"50/1m\"]\n" + kLimit +
                                            "match = { level = \"b\" }\nrate = \"60/1s\"\n")),
                             WallTime{});
  EXPECT_THAT(text, HasSubstr("100/1s never binds, since 50/1m is stricter"));
  EXPECT_THAT(text, HasSubstr("60/1s never binds, since 50/1m is stricter"));
}

}  // namespace
}  // namespace fanout
