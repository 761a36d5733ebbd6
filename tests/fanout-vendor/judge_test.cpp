#include "judge.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace fanout_vendor {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr Instant kStart{1h};
constexpr std::string_view kData = "/device/devices/3/devicedatasources/3/data";

Verdict ask(Judge& judge, Instant now, std::string_view target = kData, std::string_view authorization = "") {
  const auto [verdict, in_flight] = judge.decide({target, authorization, true, true}, now);
  judge.answered(verdict);
  return verdict;
}

Judge judge_with(std::vector<std::string> arguments) { return Judge(parse_options(std::move(arguments))); }

TEST(Judge, an_outage_goes_before_everything_and_counts_from_the_first_request) {
  auto judge = judge_with({"--outage", "2s+1s:500", "--outage", "2500ms+1s:reset", "--token", "t"});
  EXPECT_EQ(ask(judge, kStart).why, Why::unauthorized);
  EXPECT_EQ(ask(judge, kStart + 1999ms, kData, "Bearer t").why, Why::ok);
  EXPECT_EQ(ask(judge, kStart + 2s).status, 500);
  EXPECT_EQ(ask(judge, kStart + 2999ms).why, Why::outage);  // the first of two that overlap
  EXPECT_EQ(ask(judge, kStart + 3s).status, 0);
  EXPECT_EQ(ask(judge, kStart + 3500ms, kData, "Bearer t").why, Why::ok);
  const auto report = Json::parse(judge.report());
  EXPECT_EQ(report["outages"][0], Json({{"spec", "2s+1s:500"}, {"requests", 2}}));
  EXPECT_EQ(report["outages"][1]["requests"], 1);
}

TEST(Judge, refuses_above_the_limit_and_says_for_how_long) {
  auto judge = judge_with({"--rate", "2/1s", "--rate", "100/1d"});
  EXPECT_EQ(ask(judge, kStart).why, Why::ok);
  EXPECT_EQ(ask(judge, kStart + 100ms, "/nope").why, Why::not_found);
  const auto third = ask(judge, kStart + 200ms);
  EXPECT_EQ(third.status, 429);
  EXPECT_EQ(third.retry_after, 900ms);
  EXPECT_EQ(third.refusing_window, 1s);
  const auto report = Json::parse(judge.report());
  EXPECT_EQ(report["refused_429"], 1);
  EXPECT_EQ(report["windows"][0],
            Json({{"rate", "2/1s"}, {"limit", 2}, {"max_seen", 3}, {"exceeded_by", 1}}));
  EXPECT_EQ(report["windows"][1],
            Json({{"rate", "100/1d"}, {"limit", 100}, {"max_seen", 3}, {"exceeded_by", 0}}));
}

TEST(Judge, in_flight_lasts_as_long_as_its_token) {
  auto judge = judge_with({"--concurrency", "1"});
  const auto first = judge.decide({kData, "", true, true}, kStart);
  const auto second = judge.decide({kData, "", true, true}, kStart);
  EXPECT_EQ(first.first.in_flight, 1U);
  EXPECT_EQ(second.first.status, 429);
  EXPECT_EQ(second.first.in_flight, 2U);
  const auto report = Json::parse(judge.report());
  EXPECT_EQ(report["concurrency"], Json({{"limit", 1}, {"now", 2}, {"max_seen", 2}}));
}

TEST(Judge, faults_come_at_their_rate_and_again_with_the_same_seed) {
  const std::vector<std::string> arguments{"--fail-500",   "0.1", "--fail-reset",     "0.1",
                                           "--fail-stall", "0.1", "--fail-truncate",  "0.1",
                                           "--seed",       "7",   "--fail-malformed", "0.1"};
  auto judge = judge_with(arguments);
  auto again = judge_with(arguments);
  std::map<Why, int> count;
  for (int i = 0; i < 10000; ++i) {
    const auto verdict = ask(judge, kStart + i * 1ms);
    ++count[verdict.why];
    ASSERT_EQ(verdict.why, ask(again, kStart).why);
    const bool silent = verdict.why == Why::reset || verdict.why == Why::stall;
    EXPECT_EQ(verdict.status == 0, silent);
  }
  EXPECT_NEAR(count[Why::ok], 5000, 250);
  for (const auto why : {Why::server_error, Why::reset, Why::stall, Why::truncate, Why::malformed}) {
    EXPECT_NEAR(count[why], 1000, 150) << why_name(why);
  }
}

TEST(Judge, poison_is_for_ever) {
  auto judge = judge_with({"--poison", "1"});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(judge, kStart + i * 1s).status, 500);
  EXPECT_EQ(ask(judge, kStart + 9s, "/device/groups").status, 200);
}

TEST(Judge, the_account_adds_up) {
  auto judge = judge_with({"--troops", "2", "--warriors", "4", "--groups", "8"});
  for (const char* target :
       {"/device/groups", "/device/groups?offset=0&size=1", "/device/groups?offset=1&size=1",
        "/device/groups/1/devices", kData.data(), "/device/devices/3/devicedatasources/7/data"}) {
    ask(judge, kStart, target);
  }
  ask(judge, kStart, std::string(kData) + "?start=5&end=6");  // the same question: its times do not count
  ask(judge, kStart, "/device/groups?offset=1&size=1");
  ask(judge, kStart, "/nope");
  const auto cut = judge.decide({kData, "", true, true}, kStart);
  judge.unanswered(cut.first);
  const auto report = Json::parse(judge.report());
  EXPECT_EQ(report["requests"], 10);
  EXPECT_EQ(report["by_why"]["ok"], 9);
  EXPECT_EQ(report["by_why"]["404"], 1);
  EXPECT_EQ(report["answered_ok"], 8);
  EXPECT_EQ(report["unanswered_ok"], 1);
  EXPECT_EQ(report["distinct_ok"], 6);
  EXPECT_EQ(report["repeated_ok"], 2);
}

TEST(Judge, time_never_runs_back) {
  auto judge = judge_with({"--rate", "1/1s"});
  EXPECT_EQ(ask(judge, kStart + 1s).why, Why::ok);
  EXPECT_EQ(ask(judge, kStart).at, kStart + 1s);
}

}  // namespace
}  // namespace fanout_vendor
