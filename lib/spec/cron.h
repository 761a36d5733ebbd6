// Five-field cron expressions, as crontab(5) describes them. Pure: dates and clock times, no time zone.
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

namespace fanout {

struct CronFields {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;     // 1…31
  std::bitset<13> months;   // 1…12
  std::bitset<7> weekdays;  // 0 Sunday
  bool any_day = true;      // the field begins with *
  bool any_weekday = true;
  // Minute or hour begins with *: it means "so often", and not "at this time of the day".
  bool any_time = true;

  bool on(unsigned month, unsigned day, unsigned weekday) const;
};

// Also the shortcuts @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually. Nothing for text
// that is none, or that names only dates which do not exist; *why then says what is wrong.
std::optional<CronFields> parse_cron(std::string_view text, std::string* why);

}  // namespace fanout
