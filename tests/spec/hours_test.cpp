#include "spec/hours.h"

#include <date/tz.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "support/row_name.h"

namespace fanout {
namespace {

WallTime utc(const std::string& text) {
  std::istringstream in(text);
  WallTime at;
  in >> date::parse("%FT%RZ", at);
  EXPECT_FALSE(in.fail()) << text;
  return at;
}

std::string text(std::optional<WallTime> at) { return at ? date::format("%FT%RZ", *at) : "never"; }

struct Row {
  const char* name;
  const char* hours;
  const char* zone;
  const char* at;
  bool within;
  const char* changes;
  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

class HoursTest : public testing::TestWithParam<Row> {};

TEST_P(HoursTest, SayWhetherTheyAreOnAndUntilWhen) {
  std::string why;
  const auto hours = Hours::parse(GetParam().hours, GetParam().zone, &why);
  ASSERT_TRUE(hours) << why;
  EXPECT_EQ(hours->contain(utc(GetParam().at)), GetParam().within);
  EXPECT_EQ(text(hours->next_change(utc(GetParam().at))), GetParam().changes);
}

INSTANTIATE_TEST_SUITE_P(
    At, HoursTest,
    testing::Values(
        Row{"BeforeThem", "08:00-18:00", "UTC", "2026-11-26T07:59Z", false, "2026-11-26T08:00Z"},
        Row{"AtTheirBeginning", "08:00-18:00", "UTC", "2026-11-26T08:00Z", true, "2026-11-26T18:00Z"},
        Row{"AtTheirEnd", "08:00-18:00", "UTC", "2026-11-26T18:00Z", false, "2026-11-27T08:00Z"},
        Row{"BeforeMidnight", "22:00-06:00", "UTC", "2026-11-26T23:00Z", true, "2026-11-27T06:00Z"},
        Row{"AfterMidnight", "22:00-06:00", "UTC", "2026-11-27T05:59Z", true, "2026-11-27T06:00Z"},
        Row{"UpToMidnight", "08:00-24:00", "UTC", "2026-11-26T23:59Z", true, "2026-11-27T00:00Z"},
        Row{"OnAWeekday", "mon-fri 08:00-18:00", "UTC", "2026-11-27T12:00Z", true, "2026-11-27T18:00Z"},
        Row{"OnAWeekend", "mon-fri 08:00-18:00", "UTC", "2026-11-28T12:00Z", false, "2026-11-30T08:00Z"},
        Row{"OnTheMorningAfter", "fri 22:00-06:00", "UTC", "2026-11-28T05:00Z", true, "2026-11-28T06:00Z"},
        Row{"InAnotherZone", "08:00-18:00", "America/New_York", "2026-11-26T13:00Z", true,
            "2026-11-26T23:00Z"},
        // 2026-03-29, Vienna: from 02:00 to 03:00 there is nothing.
        Row{"ThatBeginInAnHourThatIsSkipped", "02:30-06:00", "Europe/Vienna", "2026-03-29T01:00Z", true,
            "2026-03-29T04:00Z"},
        Row{"InAnHourThatIsSkipped", "02:00-03:00", "Europe/Vienna", "2026-03-29T01:00Z", false,
            "2026-03-30T00:00Z"},
        Row{"OnTheDayOfAnHourThatIsSkipped", "02:15-02:45", "Europe/Vienna", "2026-03-29T12:00Z", false,
            "2026-03-30T00:15Z"},
        Row{"OvernightOnTheDayOfAnHourThatIsSkipped", "02:45-02:15", "Europe/Vienna", "2026-03-29T12:00Z",
            true, "2026-03-30T00:15Z"},
        // 2026-10-25, Vienna: 02:30 comes twice, and it is the first.
        Row{"ThatEndInAnHourThatComesTwice", "22:00-02:30", "Europe/Vienna", "2026-10-25T00:40Z", false,
            "2026-10-25T21:00Z"},
        Row{"OnADayOf25Hours", "03:00-02:00", "Europe/Vienna", "2026-10-25T12:00Z", true,
            "2026-10-26T01:00Z"}),
    [](const auto& each) { return each.param.name; });

struct Wrong {
  const char* name;
  const char* text;
  const char* why;
  friend std::ostream& operator<<(std::ostream& out, const Wrong& row) { return out << row.name; }
};

class NoHours : public testing::TestWithParam<Wrong> {};

TEST_P(NoHours, AreRefused) {
  std::string why;
  EXPECT_FALSE(Hours::parse(GetParam().text, "UTC", &why));
  EXPECT_THAT(why, testing::HasSubstr(GetParam().why));
}

INSTANTIATE_TEST_SUITE_P(Of, NoHours,
                         testing::Values(Wrong{"Nothing", "", "no time of the day"},
                                         Wrong{"AWord", "mornings", "no time of the day"},
                                         Wrong{"OneTime", "08:00", "no time of the day"},
                                         Wrong{"AnHourThatIsNone", "08:00-25:00", "no time of the day"},
                                         Wrong{"AMinuteThatIsNone", "08:60-09:00", "no time of the day"},
                                         Wrong{"ASign", "-8:00-09:00", "no time of the day"},
                                         Wrong{"NoLength", "08:00-08:00", "same time"},
                                         Wrong{"ADayThatIsNone", "moonday 08:00-09:00", "moonday"}),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace fanout
