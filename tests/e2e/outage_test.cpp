// The vendor goes down for a minute in the middle of a run, as in the story: it gets probes, not a storm.
#include <gtest/gtest.h>

#include "e2e/house.h"

namespace fanout::test {
namespace {

constexpr int kInFlight = 16;
constexpr int kUntilItOpens = 10;  // failures among the last 20 replies
constexpr int kProbes = 7;         // after 1, 2, 4, 8, 16, 30, 30 … seconds
constexpr std::chrono::seconds kLimit(180);

struct OutageCase {
  const char* name;
  const char* mode;
  friend std::ostream& operator<<(std::ostream& out, const OutageCase& row) { return out << row.name; }
};

class OutageTest : public testing::TestWithParam<OutageCase> {};

TEST_P(OutageTest, GetsProbesOnlyAndLeavesNoDeadLetters) {
  const House house;
  TestVendor vendor(house.path(), {"--scale", "0.1", "--rate", "200/1s", "--latency", "exp:20ms", "--outage",
                                   std::string("4s+60s:") + GetParam().mode});
  house.configure(House::story(vendor.url(), R"(
concurrency = 16
rate        = "200/1s"
retry       = { attempts = 3, base = "100ms", cap = "1s" }
)"));
  const auto ended = house.once(kLimit);
  EXPECT_EQ(ended.code, 0) << ended.output;
  const auto report = vendor.report();
  const auto during = report["outages"][0]["requests"].get<int>();
  EXPECT_LE(during, kInFlight + kUntilItOpens + kProbes) << "what was in flight, and probes";
  EXPECT_EQ(report["windows"][0]["exceeded_by"], 0);
  EXPECT_EQ(house.records("/body/id").size(), 2450U);
  EXPECT_EQ(house.sql("SELECT count(*) FROM dead_letter"), "0");
  std::printf("down for 60 s (%s): %d requests in that time\n", GetParam().mode, during);
}

INSTANTIATE_TEST_SUITE_P(Modes, OutageTest,
                         testing::Values(OutageCase{"Answering500", "500"},
                                         OutageCase{"RefusingConnections", "refuse"}),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace fanout::test
