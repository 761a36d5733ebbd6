// A time of the day, "08:00", as people write it. "24:00" is midnight. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "spec/schedule.h"

namespace fanout {

struct ClockTime {
  int hour = 0;
  int minute = 0;
  friend auto operator<=>(const ClockTime&, const ClockTime&) = default;
};

std::optional<ClockTime> parse_clock_time(std::string_view text);
std::string format_clock_time(ClockTime at);
// Every day at that time, or on those of crontab(5).
std::optional<Schedule> each_day(ClockTime at, std::string_view days, std::string_view zone,
                                 std::string* why);

}  // namespace fanout
