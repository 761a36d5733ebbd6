// What a run comes to and when it will be done, as an operator is told of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>

#include "e2e/house.h"

namespace fanout::test {
namespace {

using std::chrono::seconds;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class ForecastTest : public testing::Test {
 protected:
  // 1 + 20 + 250 + 1,225 calls.
  explicit ForecastTest(std::vector<std::string> options = {"--scale", "0.05", "--latency", "5ms"})
      : vendor(house.path(), std::move(options)) {}

  void configure(const std::string& rate, const std::string& pipeline_lines = {}) const {
    house.configure(House::story(vendor.url(), "concurrency = 16\nrate = " + rate, pipeline_lines));
  }
  bool log_says(const std::string& pattern) const {
    return eventually([&] { return testing::Value(house.daemon_log(), ContainsRegex(pattern)); },
                      seconds(20));
  }

  House house;
  TestVendor vendor;
};

TEST_F(ForecastTest, ForeseesATreeThatStillGrowsAndSaysSoEverywhere) {
  configure("\"50/1s\"");
  auto daemon = house.started_daemon();
  house.fanoutctl({"start", "monitoring"});
  ASSERT_TRUE(
      eventually([&] { return house.sql("SELECT settled > 150 FROM progress") == "1"; }, seconds(20)));
  const auto row = house.sql(
      "SELECT calls BETWEEN 1000 AND 2100, calls_low < calls, calls < calls_high, expected < 1000, "
      "unixepoch(eta) - unixepoch('now') BETWEEN 12 AND 45, eta_low < eta_high FROM progress");
  EXPECT_EQ(row, "1|1|1|1|1|1") << house.sql("SELECT * FROM progress");
  EXPECT_EQ(house.sql("SELECT count(*) > 0 AND min(settled) > 0 FROM forecast"), "1");
  EXPECT_THAT(house.fanoutctl({"status"}).output,
              ContainsRegex("/s, about [0-9]+ s left \\([0-9]+( s)?–[0-9]+ (s|min)\\)"));
  EXPECT_TRUE(log_says("calls in all")) << house.daemon_log();
  // What it has seen outlives the process, and nothing waits for all levels to show themselves again.
  daemon.signal(SIGKILL);
  daemon.wait();
  auto next = house.started_daemon();
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT count(calls) FROM progress") == "1"; }));
  EXPECT_EQ(house.sql("SELECT calls BETWEEN 1000 AND 2100 FROM progress"), "1")
      << house.sql("SELECT * FROM progress");
  house.fanoutctl({"cancel", "monitoring"});
  EXPECT_TRUE(eventually([&] { return house.sql("SELECT count(calls) + count(eta) FROM progress") == "0"; }));
}

TEST_F(ForecastTest, SaysAtOnceThatARunWillNotFinishBeforeItsNextStartAndThatItWillNotDrain) {
  configure("\"500/1s\"");
  ASSERT_EQ(house.once().code, 0) << house.daemon_log();
  configure("[\"20/1s\", \"2000/1d\"]", "schedule = \"*/10 * * * *\"\ntimezone = \"UTC\"");
  auto daemon = house.started_daemon();
  house.fanoutctl({"start", "monitoring"});
  EXPECT_TRUE(log_says("will not finish before its next start")) << house.daemon_log();
  // 144 runs of some 1,500 calls each: how many are foreseen hangs on which replies came before it was asked.
  EXPECT_TRUE(log_says(
      "will not drain: the runs of a day ask for about 2[0-9]0,000 calls, and 2000/1d allows about 2,000"))
      << house.daemon_log();
  ASSERT_TRUE(eventually(
      [&] { return house.sql("SELECT outlook <> '' FROM progress WHERE finished IS NULL") == "1"; }));
  EXPECT_LT(std::atoi(house.sql("SELECT settled FROM progress WHERE finished IS NULL").c_str()), 400)
      << "early";
  EXPECT_THAT(
      house.fanoutctl({"status"}).output,
      testing::AllOf(HasSubstr("will not finish before its next start"), HasSubstr("will not drain")));
}

TEST_F(ForecastTest, PlansTheNextRunFromTheLastOnes) {
  configure("\"500/1s\"", "schedule = \"0 2 * * *\"");
  { house.started_daemon(); }
  const auto plan = [&](std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"plan", "monitoring"});
    return house.fanoutctl(more);
  };
  EXPECT_THAT(plan().output, HasSubstr("nothing is known of its size"));
  ASSERT_EQ(house.once().code, 0) << house.daemon_log();
  const auto calls = house.sql("SELECT sum(done + skipped) FROM tally");
  const auto json = nlohmann::json::parse(plan({"--json"}).output);
  EXPECT_EQ(std::to_string(json["calls"].get<int>()), calls);
  EXPECT_EQ(std::to_string(json["levels"]["data"].get<int>()),
            house.sql("SELECT done FROM tally WHERE level = 'data'"));
  EXPECT_EQ(std::to_string(json["bytes"].get<int>()), house.sql("SELECT sum(committed) FROM part"));
  EXPECT_TRUE(json["fits"]);
  EXPECT_THAT(plan({"--if", "rate=1/1m"}).output,
              testing::AllOf(HasSubstr("will not drain"), HasSubstr("h at 1/1m")));
  EXPECT_THAT(plan({"--if", "fast"}).output, HasSubstr("--if rate=20/1s"));
  EXPECT_EQ(house.sql("SELECT count(*) FROM run"), "1") << "it asks nothing, and starts nothing";
}

TEST_F(ForecastTest, PlansAFirstRunFromASampleOfItsRequests) {
  configure("\"500/1s\"");
  const auto plan = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"plan", "monitoring"});
    return house.fanoutctl(more);
  };
  auto daemon = house.started_daemon();
  const auto sampled = plan({"--sample", "80", "--json"});
  ASSERT_EQ(sampled.code, 0) << sampled.output << house.daemon_log();
  const auto json = nlohmann::json::parse(sampled.output);
  EXPECT_LE(json["sample"]["requests"], 80);
  EXPECT_EQ(json["sample"]["requests"], vendor.report()["requests"]) << "not one more was asked";
  EXPECT_GT(json["sample"]["requests"], 60);
  EXPECT_EQ(json["levels"]["warrior"], 20);
  EXPECT_GT(json["calls"], 1496 / 1.3);
  EXPECT_LT(json["calls"], 1496 * 1.3);
  EXPECT_GT(json["bytes"], 0);
  EXPECT_TRUE(house.files().empty()) << "no answer is kept";
  EXPECT_EQ(house.sql("SELECT count(*) FROM progress"), "0") << "and it is no run";
  EXPECT_THAT(plan({}).output, HasSubstr("the next run, as a sample of"));
  // What is done then is as it would be without one.
  house.fanoutctl({"start", "monitoring"});
  EXPECT_THAT(plan({"--sample", "10"}).output, HasSubstr("is still open"));
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT state FROM progress") == "finished"; }, seconds(30)));
  EXPECT_EQ(house.sql("SELECT since FROM run WHERE state = 'finished'"), "0");
  EXPECT_THAT(plan({}).output, HasSubstr("as the last complete one was"));
}

TEST_F(ForecastTest, ASampleThatOnlyFailsIsNoPlanAndSaysWhy) {
  auto text = House::story(vendor.url(), "concurrency = 16\nrate = \"500/1s\"");
  const std::string right = "\"/device/groups\"";
  text.replace(text.find(right), right.size(), "\"/no/such/thing\"");
  house.configure(text);
  auto daemon = house.started_daemon();
  const auto sampled = house.fanoutctl({"plan", "monitoring", "--sample", "10"});
  EXPECT_EQ(sampled.code, 1);
  EXPECT_THAT(sampled.output,
              HasSubstr("in the sample none of level troop was answered, 1 failed; the last: 404"));
  EXPECT_THAT(house.fanoutctl({"dead", "list"}).output, HasSubstr("no dead letters"));
}

TEST_F(ForecastTest, ASampleGivesWayToARunAndLeavesNothing) {
  configure("\"1/10s\"");
  auto daemon = house.started_daemon();
  house.sql("INSERT INTO control (command, target) VALUES ('sample', 'monitoring/50')");
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT cause FROM progress") == "sample"; }));
  EXPECT_THAT(house.fanoutctl({"plan", "monitoring", "--sample", "5"}).output,
              HasSubstr("a sample, is still open"));
  EXPECT_THAT(house.fanoutctl({"start", "monitoring"}).output, HasSubstr("started"));
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT group_concat(cause) FROM progress") == "control"; }));
  EXPECT_EQ(house.sql("SELECT count(*) FROM sample"), "0");
}

TEST_F(ForecastTest, ASampleWhoseAskerIsInterruptedIsCancelled) {
  configure("\"1/10s\"");
  auto daemon = house.started_daemon();
  Process asker(
      {.words = {FANOUTCTL_BINARY, "--config", house.config(), "plan", "monitoring", "--sample", "50"}});
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT cause FROM progress") == "sample"; }));
  asker.signal(SIGINT);
  EXPECT_EQ(asker.wait(), 1);
  EXPECT_TRUE(eventually([&] { return house.sql("SELECT count(*) FROM progress") == "0"; }));
  EXPECT_EQ(house.sql("SELECT count(*) FROM sample"), "0");
}

TEST_F(ForecastTest, ASampleEndsWithItsDaemon) {
  configure("\"1/10s\"");
  auto daemon = house.started_daemon();
  house.sql("INSERT INTO control (command, target) VALUES ('sample', 'monitoring/50')");
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT cause FROM progress") == "sample"; }));
  daemon.signal(SIGKILL);
  daemon.wait();
  EXPECT_THAT(house.fanoutctl({"plan", "monitoring", "--sample", "50"}).output,
              HasSubstr("no daemon runs here"));
  auto next = house.started_daemon();
  EXPECT_TRUE(eventually([&] { return house.sql("SELECT count(*) FROM progress") == "0"; }));
  EXPECT_EQ(house.sql("SELECT count(*) FROM sample"), "0");
  EXPECT_THAT(house.fanoutctl({"start", "monitoring"}).output, HasSubstr("started"));
}

TEST_F(ForecastTest, SaysNothingWhereNobodyCanTell) {
  configure("\"1/30s\"");
  auto daemon = house.started_daemon();
  house.fanoutctl({"start", "monitoring"});
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT count(*) FROM run WHERE noted_at > 0") == "1"; }));
  const auto status = house.fanoutctl({"status"}).output;
  EXPECT_THAT(status, HasSubstr("no forecast yet"));
  EXPECT_THAT(status, Not(ContainsRegex("about .* left")));
  EXPECT_EQ(house.sql("SELECT count(calls) + count(eta) FROM progress"), "0");
}

}  // namespace
}  // namespace fanout::test
