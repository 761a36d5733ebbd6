// kill -9 of the daemon at 200 random moments of a run: nothing is lost, nothing twice, the vendor's limits
// hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <random>
#include <set>

#include "e2e/house.h"

namespace fanout::test {
namespace {

constexpr int kKills = 200;
constexpr int kConcurrency = 16;
constexpr int kWarriors = 2000;
constexpr int kGroups = 10'000;

// Group g belongs to warrior g % kWarriors; every fiftieth warrior is decommissioned.
std::multiset<std::string> every_group() {
  std::multiset<std::string> ids;
  for (int g = 0; g < kGroups; ++g) {
    if (g % kWarriors % 50 != 49) ids.insert(std::to_string(g));
  }
  return ids;
}

class CrashTest : public testing::Test {
 protected:
  CrashTest()
      : vendor(house.path(),
               {"--scale", "0.4", "--rate", "250/1s", "--concurrency", std::to_string(kConcurrency),
                "--latency", "exp:10ms", "--fail-500", "0.01", "--fail-reset", "0.005"}) {
    house.configure(House::story(vendor.url(), R"(
concurrency = 16
rate        = "250/1s"
retry       = { attempts = 8, base = "50ms", cap = "1s" }
)"));
  }

  std::int64_t leased() const { return std::stoll(house.sql("SELECT coalesce(sum(leased), 0) FROM tally")); }

  House house;
  TestVendor vendor;
};

TEST_F(CrashTest, LosesNothingKeepsNothingTwiceAndStaysWithinTheLimits) {
  std::mt19937 random(20261123);
  std::uniform_int_distribution<int> life(5, 500);  // milliseconds
  std::int64_t may_repeat = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    auto daemon = house.start_daemon({"--once"});
    if (daemon.ends_within(std::chrono::milliseconds(life(random)))) {
      FAIL() << "the run was over, or failed, before kill " << kill << ":\n" << house.daemon_log();
    }
    daemon.signal(SIGKILL);
    daemon.wait();
    if (std::filesystem::exists(house.database()))
      may_repeat += std::min<std::int64_t>(leased(), kConcurrency);
  }
  const auto last = house.once();
  EXPECT_EQ(last.code, 0) << last.output;

  const auto ids = house.records("/body/id");
  EXPECT_EQ(std::multiset<std::string>(ids.begin(), ids.end()), every_group()) << "each record once";
  EXPECT_EQ(house.sql("SELECT sum(ready + waiting + leased + dead) FROM tally"), "0")
      << "every task has ended";

  const auto report = vendor.report();
  EXPECT_EQ(report["windows"][0]["exceeded_by"], 0) << report.dump(2);
  EXPECT_LE(report["concurrency"]["max_seen"], kConcurrency) << report.dump(2);
  EXPECT_EQ(report["refused_429"], 0) << report.dump(2);
  EXPECT_LE(report["repeated_ok"].get<std::int64_t>() + report["unanswered_ok"].get<std::int64_t>(),
            may_repeat)
      << "only what was in flight at a kill is asked again";
  std::printf("%d kills: %s requests, %s repeated, %lld in flight at the kills at most\n", kKills,
              report["requests"].dump().c_str(), report["repeated_ok"].dump().c_str(),
              static_cast<long long>(may_repeat));
}

}  // namespace
}  // namespace fanout::test
