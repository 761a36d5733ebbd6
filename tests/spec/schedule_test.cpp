#include "spec/schedule.h"

#include <date/tz.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <vector>

#include "support/row_name.h"

namespace fanout {
namespace {

using testing::HasSubstr;

WallTime moment_of(const std::string& text) {
  std::istringstream in(text);
  WallTime at;
  in >> date::parse("%FT%TZ", at);
  EXPECT_FALSE(in.fail()) << text;
  return at;
}

std::string moment_text(std::optional<WallTime> at) {
  return at ? date::format("%FT%TZ", date::floor<seconds>(*at)) : "never";
}

std::vector<std::string> next_times(const Schedule& schedule, const std::string& after, std::size_t count) {
  std::vector<std::string> times;
  std::optional<WallTime> at = moment_of(after);
  while (times.size() < count) {
    at = schedule.next_after(*at);
    times.push_back(moment_text(at));
    if (!at) break;
  }
  return times;
}

// ---- when it is due

struct DueRow {
  const char* cron;
  const char* zone;
  const char* after;
  std::vector<std::string> due;
  friend std::ostream& operator<<(std::ostream& out, const DueRow& row) { return out << row.cron; }
};

class Due : public testing::TestWithParam<DueRow> {};

TEST_P(Due, ComesAtTheseTimesNext) {
  const DueRow& row = GetParam();
  std::string why;
  const auto schedule = Schedule::parse(row.cron, row.zone, &why);
  ASSERT_TRUE(schedule) << row.cron << ": " << why;
  EXPECT_EQ(next_times(*schedule, row.after, row.due.size()), row.due) << row.cron << " in " << row.zone;
}

INSTANTIATE_TEST_SUITE_P(
    Fields, Due,
    testing::Values(
        DueRow{"* * * * *", "UTC", "2026-11-23T02:00:00Z", {"2026-11-23T02:01:00Z", "2026-11-23T02:02:00Z"}},
        DueRow{"* * * * *", "UTC", "2026-11-23T01:59:59Z", {"2026-11-23T02:00:00Z"}},
        DueRow{"0 2 * * *", "UTC", "2026-11-23T01:59:59Z", {"2026-11-23T02:00:00Z", "2026-11-24T02:00:00Z"}},
        DueRow{
            "*/15 * * * *", "UTC", "2026-11-23T02:07:00Z", {"2026-11-23T02:15:00Z", "2026-11-23T02:30:00Z"}},
        DueRow{
            "5,35 8-10/2 * * *",
            "UTC",
            "2026-11-23T08:05:00Z",
            {"2026-11-23T08:35:00Z", "2026-11-23T10:05:00Z", "2026-11-23T10:35:00Z", "2026-11-24T08:05:00Z"}},
        DueRow{"0 0 1 jan,JUL *",
               "UTC",
               "2026-11-23T00:00:00Z",
               {"2027-01-01T00:00:00Z", "2027-07-01T00:00:00Z"}},
        DueRow{"0 0 31 * *",
               "UTC",
               "2026-11-23T00:00:00Z",
               {"2026-12-31T00:00:00Z", "2027-01-31T00:00:00Z", "2027-03-31T00:00:00Z"}},
        DueRow{"0 0 29 2 *", "UTC", "2026-11-23T00:00:00Z", {"2028-02-29T00:00:00Z"}},
        DueRow{"0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", {"never"}},
        DueRow{"@daily", "UTC", "2026-11-23T00:00:00Z", {"2026-11-24T00:00:00Z"}},
        DueRow{"@hourly", "UTC", "2026-11-23T00:00:00Z", {"2026-11-23T01:00:00Z"}},
        DueRow{"@weekly", "UTC", "2026-11-23T00:00:00Z", {"2026-11-29T00:00:00Z"}},
        DueRow{"  0   2 *\t* *  ", "UTC", "2026-11-23T00:00:00Z", {"2026-11-23T02:00:00Z"}}),
    [](const auto& row) {
      return row_name(row.param.cron + std::string(" in ") + row.param.zone, row.index);
    });

// 2026-11-23 is a Monday.
INSTANTIATE_TEST_SUITE_P(
    Weekdays, Due,
    testing::Values(DueRow{"0 0 * * 0", "UTC", "2026-11-23T00:00:00Z", {"2026-11-29T00:00:00Z"}},
                    DueRow{"0 0 * * 7", "UTC", "2026-11-23T00:00:00Z", {"2026-11-29T00:00:00Z"}},
                    DueRow{"0 0 * * Sun", "UTC", "2026-11-23T00:00:00Z", {"2026-11-29T00:00:00Z"}},
                    DueRow{"0 0 * * mon-fri",
                           "UTC",
                           "2026-11-26T12:00:00Z",
                           {"2026-11-27T00:00:00Z", "2026-11-30T00:00:00Z"}},
                    DueRow{"0 0 * * sat-sun",
                           "UTC",
                           "2026-11-23T00:00:00Z",
                           {"2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z", "2026-12-05T00:00:00Z"}},
                    DueRow{"0 0 * * 5-7",
                           "UTC",
                           "2026-11-23T00:00:00Z",
                           {"2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z",
                            "2026-12-04T00:00:00Z"}},
                    // Both days restricted: either one is enough.
                    DueRow{"0 0 13 * fri",
                           "UTC",
                           "2026-12-01T00:00:00Z",
                           {"2026-12-04T00:00:00Z", "2026-12-11T00:00:00Z", "2026-12-13T00:00:00Z"}},
                    DueRow{"0 0 31 2 mon", "UTC", "2027-02-01T12:00:00Z", {"2027-02-08T00:00:00Z"}},
                    // A field that begins with * restricts nothing by itself: both must hold.
                    DueRow{"0 0 */2 * mon",
                           "UTC",
                           "2026-12-01T00:00:00Z",
                           {"2026-12-07T00:00:00Z", "2026-12-21T00:00:00Z"}}),
    [](const auto& row) {
      return row_name(row.param.cron + std::string(" in ") + row.param.zone, row.index);
    });

// 2026 in Chicago: from 02:00 to 03:00 on 8 March (08:00Z), from 02:00 back to 01:00 on 1 November (07:00Z).
INSTANTIATE_TEST_SUITE_P(
    Chicago, Due,
    testing::Values(DueRow{"0 2 * * *", "America/Chicago", "2026-11-22T00:00:00Z", {"2026-11-22T08:00:00Z"}},
                    DueRow{"0 2 * * *", "America/Chicago", "2026-07-01T00:00:00Z", {"2026-07-01T07:00:00Z"}},
                    DueRow{"30 2 * * *",
                           "America/Chicago",
                           "2026-03-07T00:00:00Z",
                           {"2026-03-07T08:30:00Z", "2026-03-08T08:00:00Z", "2026-03-09T07:30:00Z"}},
                    DueRow{"0 3 * * *",
                           "America/Chicago",
                           "2026-03-08T00:00:00Z",
                           {"2026-03-08T08:00:00Z", "2026-03-09T08:00:00Z"}},
                    DueRow{"*/30 * * * *",
                           "America/Chicago",
                           "2026-03-08T07:00:00Z",
                           {"2026-03-08T07:30:00Z", "2026-03-08T08:00:00Z", "2026-03-08T08:30:00Z"}},
                    DueRow{"30 1 * * *",
                           "America/Chicago",
                           "2026-10-31T12:00:00Z",
                           {"2026-11-01T06:30:00Z", "2026-11-02T07:30:00Z"}},
                    DueRow{"0 2 * * *",
                           "America/Chicago",
                           "2026-10-31T12:00:00Z",
                           {"2026-11-01T08:00:00Z", "2026-11-02T08:00:00Z"}},
                    DueRow{"*/30 * * * *",
                           "America/Chicago",
                           "2026-11-01T06:00:00Z",
                           {"2026-11-01T06:30:00Z", "2026-11-01T07:00:00Z", "2026-11-01T07:30:00Z",
                            "2026-11-01T08:00:00Z"}},
                    DueRow{
                        "30 1 * * *", "America/Chicago", "2026-11-01T07:15:00Z", {"2026-11-02T07:30:00Z"}}),
    [](const auto& row) {
      return row_name(row.param.cron + std::string(" in ") + row.param.zone, row.index);
    });

// 2026 in Berlin: from 02:00 to 03:00 on 29 March, from 03:00 back to 02:00 on 25 October, both at 01:00Z.
INSTANTIATE_TEST_SUITE_P(
    Berlin, Due,
    testing::Values(DueRow{"30 2 * * *",
                           "Europe/Berlin",
                           "2026-03-28T00:00:00Z",
                           {"2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}},
                    DueRow{"30 2 * * *",
                           "Europe/Berlin",
                           "2026-10-24T12:00:00Z",
                           {"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
                    DueRow{"30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", {"2026-10-26T01:30:00Z"}},
                    DueRow{"0 3 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", {"2026-10-25T02:00:00Z"}},
                    DueRow{"0 0 * * mon", "Europe/Berlin", "2026-10-25T12:00:00Z", {"2026-10-25T23:00:00Z"}}),
    [](const auto& row) {
      return row_name(row.param.cron + std::string(" in ") + row.param.zone, row.index);
    });

// The hour that comes twice: what is meant "so often" goes on, what is meant at a time of the day runs once.
INSTANTIATE_TEST_SUITE_P(
    ClocksGoBack, Due,
    testing::Values(DueRow{"* * * * *",
                           "Europe/Berlin",
                           "2026-10-25T00:58:00Z",
                           {"2026-10-25T00:59:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:01:00Z"}},
                    DueRow{"@hourly",
                           "Europe/Berlin",
                           "2026-10-24T23:30:00Z",
                           {"2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"}},
                    DueRow{"*/15 2 * * *",
                           "Europe/Berlin",
                           "2026-10-25T00:30:00Z",
                           {"2026-10-25T00:45:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:15:00Z",
                            "2026-10-25T01:30:00Z", "2026-10-25T01:45:00Z", "2026-10-26T01:00:00Z"}},
                    DueRow{"0,30 2 * * *",
                           "Europe/Berlin",
                           "2026-10-25T00:00:00Z",
                           {"2026-10-25T00:30:00Z", "2026-10-26T01:00:00Z"}},
                    // From 24:00 back to 23:00 of the day before: Santiago on 4 April 2026, at 03:00Z.
                    DueRow{"30 * * * *",
                           "America/Santiago",
                           "2026-04-05T02:00:00Z",
                           {"2026-04-05T02:30:00Z", "2026-04-05T03:30:00Z", "2026-04-05T04:30:00Z"}}),
    [](const auto& row) {
      return row_name(row.param.cron + std::string(" in ") + row.param.zone, row.index);
    });

// Zones a quarter or half hour off: Kathmandu +05:45; Chatham +12:45 and +13:45, from 02:45 to 03:45 on
// 27 September 2026 and from 03:45 back to 02:45 on 5 April, both at 14:00Z of the day before; Lord Howe,
// whose summer is half an hour ahead.
INSTANTIATE_TEST_SUITE_P(
    OddZones, Due,
    testing::Values(DueRow{"0 2 * * *",
                           "Asia/Kathmandu",
                           "2026-11-22T00:00:00Z",
                           {"2026-11-22T20:15:00Z", "2026-11-23T20:15:00Z"}},
                    DueRow{"0 3 * * *",
                           "Pacific/Chatham",
                           "2026-09-25T20:00:00Z",
                           {"2026-09-26T14:00:00Z", "2026-09-27T13:15:00Z"}},
                    DueRow{"0 3 * * *",
                           "Pacific/Chatham",
                           "2026-04-03T20:00:00Z",
                           {"2026-04-04T13:15:00Z", "2026-04-05T14:15:00Z"}},
                    DueRow{"45 1 * * *",
                           "Australia/Lord_Howe",
                           "2026-04-04T12:00:00Z",
                           {"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"}},
                    // A day that never was: Samoa went from 29 to 31 December 2011.
                    DueRow{"0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", {"2011-12-30T10:00:00Z"}}),
    [](const auto& row) {
      return row_name(row.param.cron + std::string(" in ") + row.param.zone, row.index);
    });

// Held against a walk through all minutes of a year: due is each minute whose clock time the cron names,
// unless the clock showed that time before and it is meant once, and the first minute after a gap in which
// one was skipped.
struct YearRow {
  const char* cron;
  const char* zone;
  friend std::ostream& operator<<(std::ostream& out, const YearRow& row) { return out << row.cron; }
};

class DueInAYear : public testing::TestWithParam<YearRow> {};

TEST_P(DueInAYear, AgreesWithAWalkThroughItsMinutes) {
  const auto [cron, zone_name] = GetParam();
  const auto schedule = Schedule::parse(cron, zone_name);
  const auto fields = parse_cron(cron, nullptr);
  ASSERT_TRUE(schedule && fields);
  using Minutes = std::chrono::minutes;
  const date::time_zone* zone = date::locate_zone(zone_name);
  const auto named = [&](date::local_time<Minutes> local) {
    const date::local_days day = date::floor<date::days>(local);
    const date::year_month_day calendar(day);
    const auto in_day = static_cast<std::size_t>((local - day).count());
    return fields->on(static_cast<unsigned>(calendar.month()), static_cast<unsigned>(calendar.day()),
                      date::weekday(day).c_encoding()) &&
           fields->hours[in_day / 60] && fields->minutes[in_day % 60];
  };

  std::vector<std::string> expected;
  const auto begin = date::sys_days(date::year(2026) / 1 / 1), end = date::sys_days(date::year(2027) / 1 / 1);
  date::local_time<Minutes> shown = date::floor<Minutes>(zone->to_local(begin));
  for (date::sys_time<Minutes> at = begin + Minutes(1); at < end; at += Minutes(1)) {
    const auto local = date::floor<Minutes>(zone->to_local(at));
    bool due = fields->any_time && named(local);
    for (; shown < local; shown += Minutes(1)) due = due || named(shown + Minutes(1));
    if (due) expected.push_back(moment_text(at));
  }
  std::vector<std::string> found;
  for (auto at = schedule->next_after(begin); at && *at < end; at = schedule->next_after(*at)) {
    found.push_back(moment_text(at));
  }
  EXPECT_EQ(found, expected) << cron << " in " << zone_name;
}

INSTANTIATE_TEST_SUITE_P(Zones, DueInAYear,
                         testing::Values(YearRow{"30 2 * * *", "America/Chicago"},
                                         YearRow{"*/20 1-3 * * *", "Europe/Berlin"},
                                         YearRow{"0,20,40 1-3 * * *", "Europe/Berlin"},
                                         YearRow{"7 * * * *", "America/Santiago"},
                                         YearRow{"10 2,3 * * sat,sun", "Pacific/Chatham"},
                                         YearRow{"*/10 1,2 * 4,10 *", "Australia/Lord_Howe"},
                                         YearRow{"0 0 1,15 * mon", "America/Santiago"}),
                         [](const auto& row) {
                           return row_name(row.param.cron + std::string(" in ") + row.param.zone, row.index);
                         });

// ---- what is no schedule

struct WrongRow {
  const char* cron;
  const char* zone;
  const char* why;
  friend std::ostream& operator<<(std::ostream& out, const WrongRow& row) { return out << row.cron; }
};

class WrongSchedule : public testing::TestWithParam<WrongRow> {};

TEST_P(WrongSchedule, IsRefusedAndSaysWhy) {
  const auto& [cron, zone, expected] = GetParam();
  std::string why;
  EXPECT_FALSE(Schedule::parse(cron, zone, &why)) << cron;
  EXPECT_THAT(why, HasSubstr(expected)) << cron;
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongSchedule,
    testing::Values(
        WrongRow{"", "UTC", "five fields"}, WrongRow{"0 2 * *", "UTC", "not 4"},
        WrongRow{"0 0 2 * * *", "UTC", "not 6"},
        WrongRow{"60 * * * *", "UTC", "minute \"60\" is not from 0 to 59"},
        WrongRow{"0 24 * * *", "UTC", "hour \"24\""}, WrongRow{"0 0 0 * *", "UTC", "day of month \"0\""},
        WrongRow{"0 0 * 13 *", "UTC", "month \"13\""}, WrongRow{"0 0 * * 8", "UTC", "day of week \"8\""},
        WrongRow{"0 0 * foo *", "UTC", "month \"foo\""}, WrongRow{"0 mon * * *", "UTC", "hour \"mon\""},
        WrongRow{"-1 * * * *", "UTC", "minute \"\""}, WrongRow{"1,,2 * * * *", "UTC", "minute \"\""},
        WrongRow{"10-5 * * * *", "UTC", "runs backwards"}, WrongRow{"*/0 * * * *", "UTC", "minute \"*/0\""},
        WrongRow{"5/15 * * * *", "UTC", "a step needs a range"},
        WrongRow{"*/x * * * *", "UTC", "no value, range or step"},
        WrongRow{"1-2-3 * * * *", "UTC", "no value, range or step"},
        WrongRow{"99999999999 * * * *", "UTC", "minute"},
        WrongRow{"0 0 31 2 *", "UTC", "dates that do not exist"},
        WrongRow{"0 0 31 apr,jun,sep,nov *", "UTC", "dates that do not exist"},
        WrongRow{"0 0 30 feb */2", "UTC", "dates that do not exist"},
        WrongRow{"@reboot", "UTC", "none of @hourly"},
        WrongRow{"0 2 * * *", "America/Chcago", "did you mean \"America/Chicago\"?"},
        WrongRow{"0 2 * * *", "", "unknown time zone"},
        WrongRow{"0 2 * * *", "../etc/passwd", "unknown time zone"}),
    [](const auto& row) {
      return row_name(row.param.cron + std::string(" in ") + row.param.zone, row.index);
    });

TEST(Schedule, IsTheSameWhenItSaysTheSame) {
  EXPECT_EQ(Schedule::parse("0 2 * * *", "UTC"), Schedule::parse("0 2 * * *", "UTC"));
  EXPECT_NE(Schedule::parse("0 2 * * *", "UTC"), Schedule::parse("0 3 * * *", "UTC"));
  EXPECT_NE(Schedule::parse("0 2 * * *", "UTC"), Schedule::parse("0 2 * * *", "Europe/Berlin"));
}

}  // namespace
}  // namespace fanout
