#include "harvest/foresight.h"

#include <gtest/gtest.h>

#include "support/configured.h"

namespace fanout {
namespace {

constexpr const char* kConfig = R"(
[vendor.v]
base_url = "http://v.example"
[pipeline.p]
vendor = "v"
[[pipeline.p.level]]
name = "troop"
path = "/troops"
items = "$"
[[pipeline.p.level]]
name = "warrior"
parent = "troop"
path = "/{troop}/warriors"
items = "$"
[[pipeline.p.level]]
name = "data"
parent = "warrior"
path = "/{warrior}/data"
)";

class ForesightTest : public testing::Test {
 protected:
  Seed seed(const std::string& level) {
    Seed made;
    made.level = level;
    return made;
  }
  Settlement settled(const std::string& level, std::vector<Seed> seeds, bool further = false) {
    Settlement settlement;
    settlement.level = level;
    settlement.further_page = further;
    settlement.seeds = std::move(seeds);
    return settlement;
  }
  static Tally tally(const std::string& level, std::int64_t open, std::int64_t done) {
    Tally made;
    made.level = level;
    made.ready = open;
    made.done = done;
    return made;
  }

  std::shared_ptr<const Config> config = config_of(kConfig);
  const PipelineSpec* pipeline = &config->pipelines.at("p");
  fanout::Run run;
  static constexpr MonoTime kNow{seconds(100)};
};

TEST_F(ForesightTest, TellsPagesFromChildren) {
  Foresight foresight(run, pipeline, kNow);
  foresight.saw(settled("troop", {seed("warrior"), seed("warrior"), seed("troop")}));
  foresight.counted({tally("troop", 1, 1), tally("warrior", 2, 0)}, kNow);
  EXPECT_FALSE(foresight.forecast().growth()) << "what a warrior lists nobody has seen";
  foresight.saw(settled("warrior", {seed("data"), seed("data"), seed("data")}));
  foresight.saw(settled("troop", {seed("warrior"), seed("warrior")}, true));
  foresight.counted({tally("troop", 0, 2), tally("warrior", 3, 1), tally("data", 3, 0)}, kNow);
  ASSERT_TRUE(foresight.forecast().growth());
  EXPECT_DOUBLE_EQ(foresight.forecast().growth()->median, 3 + 3 + 9);
}

TEST_F(ForesightTest, KnowsEarlierRunsByTheNamesOfTheirLevels) {
  const auto history = history_of({{{"warrior", 50}, {"gone", 7}, {"troop", 2}}}, tree_of(pipeline));
  ASSERT_EQ(history.runs.size(), 1u);
  EXPECT_EQ(history.runs[0], (Totals{2, 50, 0})) << "a level for which nothing was listed has no row";
  EXPECT_EQ(history_of({{{"data", 7}}}, tree_of(pipeline)).runs[0], (Totals{-1, -1, 7}));
}

TEST_F(ForesightTest, CountsRetriesAsRequests) {
  Foresight foresight(run, pipeline, kNow);
  EXPECT_EQ(foresight.requests_each(), 1);
  for (int i = 0; i < 40; ++i) {
    foresight.saw(settled("data", {}));
    auto retried = settled("data", {});
    retried.to = State::waiting;
    if (i % 2 == 0) foresight.saw(retried);
    retried.spent = false;
    foresight.saw(retried);
  }
  EXPECT_DOUBLE_EQ(foresight.requests_each(), 1.5);
}

TEST_F(ForesightTest, BearsAPipelineThatIsNotInTheConfiguration) {
  Foresight foresight(run, nullptr, kNow);
  foresight.saw(settled("troop", {seed("warrior")}));
  foresight.counted({tally("troop", 0, 1), tally("warrior", 1, 0)}, kNow);
  foresight.configure(run, pipeline);
  foresight.counted({tally("troop", 0, 1), tally("warrior", 1, 0)}, kNow);
  EXPECT_FALSE(foresight.forecast().growth());
}

}  // namespace
}  // namespace fanout
