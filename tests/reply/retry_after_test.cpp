#include "reply/retry_after.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace fanout {
namespace {

constexpr WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(2);
const std::int64_t kNowSeconds = unix_ms(kNow) / 1000;
constexpr milliseconds kDay = std::chrono::hours(24);

using Headers = std::map<std::string, std::string, std::less<>>;

std::optional<milliseconds> wait_of(const Headers& headers) {
  return read_retry_after(
      [&headers](std::string_view name) {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string_view() : std::string_view(found->second);
      },
      kNow);
}

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
                            "2026-11-23T02:00:30Z"}) {
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

}  // namespace
}  // namespace fanout
