#include "base/units.h"

#include <gtest/gtest.h>

#include <limits>

namespace fanout {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

struct DurationRow {
  const char* text;
  std::optional<milliseconds> expected;
};

TEST(Duration, IsAWholeNumberAndAUnit) {
  const DurationRow rows[] = {
      {"250ms", milliseconds(250)},
      {"30s", seconds(30)},
      {"5m", minutes(5)},
      {"20h", hours(20)},
      {"7d", days(7)},
      {"0s", seconds(0)},
      {"007s", seconds(7)},
      {"36500d", days(36'500)},
      {"36501d", std::nullopt},         // more than a hundred years
      {"106751991167d", std::nullopt},  // would still fit into milliseconds, and nowhere else
      {"9223372036854775807ms", std::nullopt},
      {"9223372036854775807d", std::nullopt},   // does not fit after its unit
      {"9223372036854775808ms", std::nullopt},  // does not fit before it
      {"", std::nullopt},
      {"5", std::nullopt},
      {"s", std::nullopt},
      {"-5s", std::nullopt},
      {"-0s", std::nullopt},
      {"+5s", std::nullopt},
      {"5 s", std::nullopt},
      {" 5s", std::nullopt},
      {"5s ", std::nullopt},
      {"1.5h", std::nullopt},
      {"1h30m", std::nullopt},
      {"5S", std::nullopt},
      {"5min", std::nullopt},
      {"0x5s", std::nullopt},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_duration(row.text), row.expected) << row.text;
}

struct SizeRow {
  const char* text;
  std::optional<std::int64_t> expected;
};

TEST(Size, IsAWholeNumberAndABinaryUnit) {
  const SizeRow rows[] = {
      {"0B", 0},
      {"64KiB", 64 * 1024},
      {"10MiB", 10 * 1024 * 1024},
      {"3GiB", 3LL << 30},
      {"2TiB", 2LL << 40},
      {"8388607TiB", 8388607LL << 40},  // the last that fits
      {"8388608TiB", std::nullopt},
      {"9223372036854775807B", std::numeric_limits<std::int64_t>::max()},
      {"9223372036854775808B", std::nullopt},
      {"", std::nullopt},
      {"64", std::nullopt},
      {"64K", std::nullopt},
      {"64KB", std::nullopt},  // 1000 or 1024? it does not say
      {"64kib", std::nullopt},
      {"-1B", std::nullopt},
      {"1.5GiB", std::nullopt},
      {"10 MiB", std::nullopt},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_size(row.text), row.expected) << row.text;
}

struct RateRow {
  const char* text;
  std::optional<Rate> expected;
};

TEST(RateText, IsANumberInAWindow) {
  const RateRow rows[] = {
      {"100/1s", Rate{100, seconds(1)}},
      {"3000/1m", Rate{3000, minutes(1)}},
      {"65000/1d", Rate{65000, days(1)}},
      {"1/250ms", Rate{1, milliseconds(250)}},
      {"0/1s", std::nullopt},
      {"-1/1s", std::nullopt},
      {"10/0s", std::nullopt},  // no window at all
      {"10/0ms", std::nullopt},
      {"10/-1s", std::nullopt},
      {"10/s", std::nullopt},
      {"10/1", std::nullopt},
      {"10", std::nullopt},
      {"10/", std::nullopt},
      {"/1s", std::nullopt},
      {"", std::nullopt},
      {"1.5/1s", std::nullopt},
      {"10 / 1s", std::nullopt},
      {"10/1s/1s", std::nullopt},
      {"9223372036854775808/1s", std::nullopt},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_rate(row.text), row.expected) << row.text;
}

TEST(RateText, ParsesBack) {
  for (const auto* text : {"100/1s", "3000/1m", "65000/1d", "1/250ms", "7/90s", "7/36h"}) {
    const auto rate = parse_rate(text);
    ASSERT_TRUE(rate) << text;
    EXPECT_EQ(format_rate(*rate), text);
  }
  EXPECT_EQ(format_rate({5, milliseconds(60'000)}), "5/1m") << "the largest unit without a rest";
  EXPECT_EQ(format_rate({5, milliseconds(1'500)}), "5/1500ms");
}

TEST(Duration, IsShownToPeopleByItsTwoLargestUnits) {
  const std::pair<milliseconds, const char*> rows[] = {
      {milliseconds(0), "0 ms"},
      {milliseconds(850), "850 ms"},
      {milliseconds(1'000), "1 s"},
      {milliseconds(1'500), "1.5 s"},
      {milliseconds(9'900), "9.9 s"},
      {milliseconds(9'999), "9.9 s"},  // no unit is rounded up
      {milliseconds(1'099), "1 s"},
      {milliseconds(10'500), "10 s"},
      {seconds(59), "59 s"},
      {seconds(60), "1m"},
      {seconds(61), "1m 1s"},
      {minutes(72), "1h 12m"},
      {hours(24), "1d"},
      {hours(25) + minutes(59), "1d 1h"},
      {-minutes(5), "-5m"},
      {milliseconds::min(), "-106751991167d 7h"},
  };
  for (const auto& [duration, expected] : rows) EXPECT_EQ(format_duration(duration), expected);
}

TEST(Size, IsShownToPeopleInItsLargestUnit) {
  const std::pair<std::int64_t, const char*> rows[] = {
      {0, "0 B"},
      {1023, "1023 B"},
      {1024, "1 KiB"},
      {1536, "1.5 KiB"},
      {256 * 1024 * 1024, "256 MiB"},
      {1'300'000, "1.2 MiB"},
      {std::numeric_limits<std::int64_t>::max(), "8388608.0 TiB"},
  };
  for (const auto& [bytes, expected] : rows) EXPECT_EQ(format_size(bytes), expected) << bytes;
}

TEST(Utc, IsWrittenWithMilliseconds) {
  const std::pair<std::int64_t, const char*> rows[] = {
      {0, "1970-01-01T00:00:00.000Z"},
      {1'795'399'200'000, "2026-11-23T02:00:00.000Z"},
      {1'709'251'199'999, "2024-02-29T23:59:59.999Z"},
      {-1, "1969-12-31T23:59:59.999Z"},
  };
  for (const auto& [ms, expected] : rows) {
    EXPECT_EQ(format_utc(from_unix_ms(ms)), expected);
    EXPECT_EQ(format_utc_date(from_unix_ms(ms)), std::string(expected).substr(0, 10));
  }
}

}  // namespace
}  // namespace fanout
