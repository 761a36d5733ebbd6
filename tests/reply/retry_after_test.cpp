#include "reply/retry_after.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "reply/told_limits.h"

namespace fanout {
namespace {

constexpr WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(2);
const std::int64_t kNowSeconds = unix_ms(kNow) / 1000;
constexpr milliseconds kDay = std::chrono::hours(24);

using Headers = std::map<std::string, std::string, std::less<>>;

Quiet quiet_of(int status, const Headers& headers, WallTime now = kNow) {
  return quiet_of(status, read_told_limits(status, {headers.begin(), headers.end()}, now));
}
std::optional<milliseconds> wait_of(const Headers& headers) { return quiet_of(429, headers).wait; }

struct Row {
  std::string value;
  std::optional<milliseconds> expected;
};

TEST(RetryAfter, IsUnderstoodInEveryForm) {
  const Row rows[] = {
      // seconds
      {"120", seconds(120)},
      {"0", seconds(0)},
      {" 7 ", seconds(7)},
      {"\"7\"", seconds(7)},
      {"1.5", milliseconds(1500)},
      {"0.0001", milliseconds(1)},  // rather a little longer than too short
      // the three forms of an HTTP date
      {"Mon, 23 Nov 2026 02:00:30 GMT", seconds(30)},
      {"Monday, 23-Nov-26 02:00:30 GMT", seconds(30)},
      {"Mon Nov 23 02:00:30 2026", seconds(30)},
      {"Tue Dec  1 02:00:00 2026", kDay},
      {"Mon, 23 Nov 2026 02:00:00 GMT", seconds(0)},
      {"Sunday, 06-Nov-94 08:49:37 GMT", seconds(0)},  // of 1994, not of 2094
      {"Monday, 23-Nov-76 02:00:00 GMT", kDay},        // of 2076
      // a point in time, in unix seconds or milliseconds
      {std::to_string(kNowSeconds + 45), seconds(45)},
      {std::to_string(kNowSeconds + 45) + ".25", milliseconds(45'250)},
      {std::to_string(unix_ms(kNow) + 4500), milliseconds(4500)},
      // RFC 3339, and as SQLite writes it
      {"2026-11-23T02:00:30Z", seconds(30)},
      {"2026-11-23T02:00:29.250Z", seconds(30)},
      {"2026-11-23T02:00:30.000Z", seconds(30)},
      {"2026-11-23T04:30:30+02:30", seconds(30)},
      {"2026-11-22T23:00:30-03:00", seconds(30)},
      {"2026-11-23 02:00:30", seconds(30)},
      // a duration
      {"30s", seconds(30)},
      {"250ms", milliseconds(250)},
      {"5m", seconds(300)},
  };
  for (const auto& row : rows) EXPECT_EQ(wait_of({{"retry-after", row.value}}), row.expected) << row.value;
}

TEST(RetryAfter, IsNeverNegativeAndNeverLongerThanADay) {
  const Row rows[] = {
      {"-5", seconds(0)},
      {"Sun, 06 Nov 1994 08:49:37 GMT", seconds(0)},
      {std::to_string(kNowSeconds - 45), seconds(0)},
      {std::to_string(unix_ms(kNow) - 45), seconds(0)},
      {"86400", kDay},
      {"86401", kDay},
      {"99999999", kDay},
      {"99999999999999999999999", kDay},
      {"Fri, 31 Dec 9999 23:59:59 GMT", kDay},
      {"36500d", kDay},
  };
  for (const auto& row : rows) EXPECT_EQ(wait_of({{"retry-after", row.value}}), row.expected) << row.value;
}

TEST(RetryAfter, IsAbsentWhereItSaysNothingThatCanBeUnderstood) {
  for (const auto* value : {"",
                            " ",
                            "\"\"",
                            "soon",
                            "inf",
                            "nan",
                            "1e3",
                            "0x10",
                            "+5",
                            "5 s",
                            "1-2",
                            "--1",
                            "1.2.3",
                            ".",
                            "-",
                            "Mon, 23 Nov 2026 02:00:30",
                            "Mon, 23 Nov 2026 02:00:30 CET",
                            "Mon, 31 Feb 2026 02:00:30 GMT",
                            "Mon, 23 nov 2026 02:00:30 GMT",
                            "Mon, 23 Nov 2026 24:00:00 GMT",
                            "Mon, 23 Nov 2026 02:60:00 GMT",
                            "Mon, 23 Nov 2026 02:00 GMT",
                            "Mon, 0 Nov 2026 02:00:30 GMT",
                            "Mon, 999999999999 Nov 2026 02:00:30 GMT",
                            "Mon, 23 Nov 99999 02:00:30 GMT",
                            ", , , , , GMT",
                            "2026-11-23",
                            "2026-11-23T02:00Z",
                            "2026-02-30T02:00:30Z",
                            "2026-13-23T02:00:30Z",
                            "2026-11-23T02:00:30CET",
                            "2026-11-23T02:00:30+25:00",
                            "2026-11-23X02:00:30Z"}) {
    EXPECT_EQ(wait_of({{"retry-after", value}}), std::nullopt) << value;
  }
  EXPECT_EQ(wait_of({}), std::nullopt);
}

TEST(RetryAfter, IsTakenFromTheWindowWhereTheHeaderItselfIsAbsent) {
  const std::pair<Headers, std::optional<milliseconds>> rows[] = {
      {{{"ratelimit-reset", "20"}}, seconds(20)},
      {{{"x-ratelimit-reset", std::to_string(kNowSeconds + 45)}}, seconds(45)},
      {{{"x-rate-limit-reset", "9"}}, seconds(9)},
      {{{"x-rate-limit-window", "60"}}, seconds(60)},
      {{{"retry-after", "5"}, {"x-ratelimit-reset", "50"}}, seconds(5)},
      {{{"retry-after", "0"}, {"x-ratelimit-reset", "50"}}, seconds(0)},
      {{{"retry-after", "soon"}, {"x-ratelimit-reset", "50"}}, seconds(50)},
      {{{"x-rate-limit-reset", "9"}, {"x-rate-limit-window", "60"}}, seconds(9)},
      {{{"x-ratelimit-remaining", "0"}}, std::nullopt},
  };
  for (const auto& [headers, expected] : rows) {
    EXPECT_EQ(wait_of(headers), expected) << headers.begin()->first << ": " << headers.begin()->second;
  }
}

struct QuietRow {
  int status;
  Headers headers;
  std::optional<milliseconds> wait;
  bool nothing_remains;
};

TEST(RetryAfter, IsTakenFromAWindowOnlyWhereNothingRemainsOrOnA429) {
  const QuietRow rows[] = {
      {503, {{"x-ratelimit-reset", "3000"}, {"x-ratelimit-remaining", "4990"}}, std::nullopt, false},
      {503, {{"x-ratelimit-reset", "3000"}}, std::nullopt, false},
      {503, {{"x-ratelimit-reset", "3000"}, {"x-ratelimit-remaining", "0"}}, seconds(3000), true},
      {503, {{"retry-after", "7"}, {"x-ratelimit-reset", "3000"}}, seconds(7), false},
      {503, {{"x-rate-limit-window", "60"}, {"x-rate-limit-remaining", "9"}}, std::nullopt, false},
      {503, {{"ratelimit", "\"a\";r=4990;t=3000"}}, std::nullopt, false},
      {503, {{"ratelimit", "\"a\";r=0;t=50, \"b\";r=9;t=3000"}}, seconds(50), true},
      // each window speaks for itself
      {503,
       {{"ratelimit-reset", "3000"}, {"ratelimit-remaining", "9"}, {"x-ratelimit-remaining", "0"}},
       std::nullopt,
       true},
      {403, {{"x-ratelimit-remaining", "0"}}, std::nullopt, true},
      {403, {{"x-ratelimit-remaining", "-1"}}, std::nullopt, true},
      {403, {{"x-ratelimit-remaining", "unlimited"}}, std::nullopt, false},
      {429, {{"x-ratelimit-remaining", "9"}, {"x-ratelimit-reset", "41"}}, seconds(41), false},
  };
  for (const auto& [status, headers, wait, nothing_remains] : rows) {
    const auto quiet = quiet_of(status, headers);
    EXPECT_EQ(quiet.wait, wait) << status << " " << headers.begin()->first;
    EXPECT_EQ(quiet.nothing_remains, nothing_remains) << status << " " << headers.begin()->first;
  }
}

// As vendors really say it. The seconds are from the reply's own moment.
TEST(RetryAfter, IsReadInTheDialectsOfRealVendors) {
  struct Dialect {
    const char* vendor;
    std::int64_t now;
    QuietRow row;
  };
  const Dialect rows[] = {
      {"GitHub, primary",
       1372700800,
       {403, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1372700873"}}, seconds(73), true}},
      {"GitHub, secondary",
       1784300000,
       {403,
        {{"retry-after", "60"}, {"x-ratelimit-remaining", "4100"}, {"x-ratelimit-reset", "1784304000"}},
        seconds(60),
        false}},
      {"GitLab",
       1609844300,
       {429,
        {{"retry-after", "30"}, {"ratelimit-remaining", "33"}, {"ratelimit-reset", "1609844400"}},
        seconds(30),
        false}},
      {"Jira, no Retry-After",
       1790769600,
       {429, {{"x-ratelimit-reset", "2026-09-30T12:00:09Z"}}, seconds(9), false}},
      {"PagerDuty", 0, {429, {{"ratelimit-remaining", "0"}, {"ratelimit-reset", "20"}}, seconds(20), true}},
      {"Discord",
       1470173000,
       {429,
        {{"x-ratelimit-remaining", "0"},
         {"x-ratelimit-reset", "1470173023.123"},
         {"x-ratelimit-reset-after", "64.57"}},
        milliseconds(64'570),
        true}},
      {"LogicMonitor",
       0,
       {429, {{"x-rate-limit-remaining", "0"}, {"x-rate-limit-window", "60"}}, seconds(60), true}},
      {"Nomba", 0, {429, {{"x-rate-limit-remaining", "0"}, {"x-rate-limit-window", "1s"}}, seconds(1), true}},
      {"Docker Hub", 0, {429, {{"ratelimit-remaining", "0;w=3600"}}, std::nullopt, true}},
      {"Hugging Face", 0, {429, {{"ratelimit", "\"resolvers\";r=0;t=52"}}, seconds(52), true}},
      {"Yelp",
       1582677751,
       {429,
        {{"ratelimit-remaining", "0"}, {"ratelimit-resettime", "2020-02-27T00:00:00+00:00"}},
        seconds(83849),
        true}},
      {"Cloudflare",
       1609844300,
       {429,
        {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "Tue, 05 Jan 2021 11:00:00 GMT"}},
        seconds(100),
        true}},
      {"Ensembl", 0, {429, {{"retry-after", "40.0"}, {"x-ratelimit-reset", "40"}}, seconds(40), false}},
      {"Shopify", 0, {429, {{"retry-after", "2.0"}}, seconds(2), false}},
      {"Stripe", 0, {429, {{"stripe-rate-limited-reason", "global-rate"}}, std::nullopt, false}},
      {"a gateway", 0, {429, {{"retry-after", "45"}, {"x-ratelimit-remaining", "-1"}}, seconds(45), true}},
  };
  for (const auto& [vendor, now, row] : rows) {
    const auto quiet = quiet_of(row.status, row.headers, from_unix_ms(now * 1000));
    EXPECT_EQ(quiet.wait, row.wait) << vendor;
    EXPECT_EQ(quiet.nothing_remains, row.nothing_remains) << vendor;
  }
}

}  // namespace
}  // namespace fanout
