// kill -9 of the daemon at 200 random moments of a run: nothing is lost, nothing twice, the vendor's limits
// hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>

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

// What was claimed and not settled when the process died is asked again: what was in flight, and what was
// answered but not yet committed. While one commit is on its way to the disk, however slow, no more can be
// answered than was claimed before it: four tasks for each request that may be in flight. The batch on its
// way holds as many at most.
constexpr std::size_t kMostRepeatsOfACrash = kConcurrency + 2 * 4 * kConcurrency;

// A question as the vendor counts it: a list with its page, or a data group whatever the time.
std::string question_of(const std::string& target) {
  const auto query = target.find("/data?");
  return query == std::string::npos ? target : target.substr(0, query);
}

// Each life's questions that were answered well, by the vendor's log; a life ends at a length of that log.
std::vector<std::set<std::string>> answered_by_life(const std::string& log,
                                                    const std::vector<std::size_t>& ends) {
  std::vector<std::set<std::string>> lives(ends.size() + 1);
  std::istringstream lines(log);
  std::size_t at = 0, life = 0;
  for (std::string line; std::getline(lines, line); at += line.size() + 1) {
    while (life < ends.size() && at >= ends[life]) ++life;
    const auto request = nlohmann::json::parse(line);
    if (request["why"] == "ok") lives[life].insert(question_of(request["target"]));
  }
  return lives;
}

// How many answers of each life were asked for again in a later one: the price of the crash at its end.
std::vector<std::size_t> repeats_of_crashes(const std::vector<std::set<std::string>>& lives) {
  std::vector<std::size_t> repeats(lives.size());
  std::set<std::string> later;
  for (auto life = lives.size(); life-- > 0;) {
    repeats[life] = static_cast<std::size_t>(std::ranges::count_if(
        lives[life], [&](const std::string& question) { return later.contains(question); }));
    later.insert(lives[life].begin(), lives[life].end());
  }
  return repeats;
}

class CrashTest : public testing::Test {
 protected:
  CrashTest()
      : vendor(house.path(),
               {"--scale", "0.4", "--rate", "250/1s", "--concurrency", std::to_string(kConcurrency),
                "--latency", "exp:10ms", "--fail-500", "0.01", "--fail-reset", "0.005"}) {
    house.configure(House::story(vendor.url(), R"(
concurrency = 16
timeout     = "250ms"
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
  // Milliseconds. What was in flight at the kill before takes up slots for the first 250 of them.
  std::uniform_int_distribution<int> life(5, 750);
  std::vector<std::size_t> ends,
      claimed;  // of each life: the length of the vendor's log, and what was leased
  for (int kill = 0; kill < kKills; ++kill) {
    auto daemon = house.start_daemon({"--once"});
    if (daemon.ends_within(std::chrono::milliseconds(life(random)))) {
      FAIL() << "the run was over, or failed, before kill " << kill << ":\n" << house.daemon_log();
    }
    daemon.signal(SIGKILL);
    daemon.wait();
    ends.push_back(std::filesystem::exists(vendor.log()) ? std::filesystem::file_size(vendor.log()) : 0);
    claimed.push_back(house.is_up() ? static_cast<std::size_t>(leased()) : 0);
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

  const auto repeats = repeats_of_crashes(answered_by_life(contents_of(vendor.log()), ends));
  for (std::size_t kill = 0; kill < kKills; ++kill) {
    EXPECT_LE(repeats[kill], claimed[kill]) << "only what was claimed and not settled at kill " << kill;
    EXPECT_LE(repeats[kill], kMostRepeatsOfACrash) << "at kill " << kill;
  }
  std::printf("%d kills: %s requests, %s repeated, at most %zu after one\n", kKills,
              report["requests"].dump().c_str(), report["repeated_ok"].dump().c_str(),
              *std::ranges::max_element(repeats));
}

// What was in flight at a kill goes on there, though nobody waits for it any more.
TEST(CrashAtASlowVendor, LeavesNoMoreThereThanItBears) {
  House house;
  TestVendor vendor(house.path(),
                    {"--scale", "0.001", "--concurrency", "4", "--latency", "800ms", "--oblivious"});
  house.configure(House::story(vendor.url(), "concurrency = 4\ntimeout = \"2s\"\n"));
  for (int kill = 0; kill < 3; ++kill) {
    auto daemon = house.start_daemon({"--once"});
    const auto before = vendor.report()["requests"].get<int>();
    ASSERT_TRUE(eventually([&] { return vendor.report()["requests"] >= before + 2; })) << house.daemon_log();
    daemon.signal(SIGKILL);
    daemon.wait();
  }
  EXPECT_EQ(house.once().code, 0);
  const auto report = vendor.report();
  EXPECT_EQ(report["concurrency"]["max_seen"], 4) << report.dump(2);
  EXPECT_EQ(report["refused_429"], 0) << report.dump(2);
}

}  // namespace
}  // namespace fanout::test
