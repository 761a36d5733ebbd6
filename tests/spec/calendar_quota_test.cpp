#include "spec/calendar_quota.h"

#include <date/date.h>
#include <gtest/gtest.h>

#include <sstream>

namespace fanout {
namespace {

WallTime moment(const std::string& text) {
  std::istringstream in(text);
  date::sys_time<milliseconds> at;
  in >> date::parse("%FT%RZ", at);
  return at;
}

struct Of {
  const char* name;
  const char* quota;
  ClockTime resets;
  const char* zone;
  const char* at;
  const char* begin;
  const char* end;
  friend std::ostream& operator<<(std::ostream& out, const Of& row) { return out << row.name; }
};

class CalendarQuotaTest : public testing::TestWithParam<Of> {};

TEST_P(CalendarQuotaTest, BeginsAndEndsWhereTheCalendarSays) {
  std::string why;
  const auto& row = GetParam();
  const auto quota = CalendarQuota::parse(row.quota, row.resets, row.zone, &why);
  ASSERT_TRUE(quota) << why;
  EXPECT_EQ(date::format("%FT%RZ", quota->begin_of(moment(row.at))), row.begin);
  EXPECT_EQ(date::format("%FT%RZ", quota->end_of(moment(row.at))), row.end);
}

INSTANTIATE_TEST_SUITE_P(
    At, CalendarQuotaTest,
    testing::Values(
        Of{"NoonOfADay", "10/day", {}, "UTC", "2026-11-26T12:00Z", "2026-11-26T00:00Z", "2026-11-27T00:00Z"},
        Of{"TheResetOfADay",
           "10/day",
           {},
           "UTC",
           "2026-11-26T00:00Z",
           "2026-11-26T00:00Z",
           "2026-11-27T00:00Z"},
        Of{"TheMorningBeforeAReset",
           "10/day",
           {8, 30},
           "UTC",
           "2026-11-26T07:00Z",
           "2026-11-25T08:30Z",
           "2026-11-26T08:30Z"},
        Of{"AnotherZone",
           "10/day",
           {},
           "America/Los_Angeles",
           "2026-11-26T07:00Z",
           "2026-11-25T08:00Z",
           "2026-11-26T08:00Z"},
        Of{"ADayOf25Hours",
           "10/day",
           {},
           "Europe/Vienna",
           "2026-10-25T12:00Z",
           "2026-10-24T22:00Z",
           "2026-10-25T23:00Z"},
        Of{"AMonth", "10/month", {}, "UTC", "2026-02-17T12:00Z", "2026-02-01T00:00Z", "2026-03-01T00:00Z"},
        Of{"TheEndOfAYear",
           "10/month",
           {},
           "UTC",
           "2026-12-31T23:59Z",
           "2026-12-01T00:00Z",
           "2027-01-01T00:00Z"}),
    [](const auto& each) { return each.param.name; });

TEST(CalendarQuota, IsARateForWhoReckonsInDays) {
  const auto of = [](const char* text) {
    return CalendarQuota::parse(text, {6, 30}, "America/New_York", nullptr)->as_rate();
  };
  EXPECT_EQ(of("100/day"), (Rate{100, std::chrono::hours(24)}));
  EXPECT_EQ(of("100/month"), (Rate{100, std::chrono::hours(31 * 24)}));
}

TEST(CalendarQuota, IsANumberInADayOrAMonth) {
  for (const char* text : {"", "10", "10/", "/day", "0/day", "-1/day", "10/week", "10/1d", "1e3/day",
                           "10/day ", "99999999999999999999/day"}) {
    std::string why;
    EXPECT_FALSE(CalendarQuota::parse(text, {}, "UTC", &why)) << text;
    EXPECT_NE(why, "") << text;
  }
}

}  // namespace
}  // namespace fanout
