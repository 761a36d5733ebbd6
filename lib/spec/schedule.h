// When a pipeline runs: a five-field cron expression in a time zone.
//
// Fields are minute, hour, day of month, month, day of week, with *, lists, ranges, steps and English names;
// where both days are restricted either one is enough, as crontab(5) says. A time that the change to summer
// time skips runs at the moment of the change. When the clocks go back, fixed times run once, the first time;
// where minute or hour is * (`*/15 * * * *`, `@hourly`), it goes on through the hour that comes twice, as
// Vixie cron does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "spec/cron.h"

namespace fanout {

class Schedule {
 public:
  // Nothing for text that is no schedule; *why then says what is wrong. zone: an IANA name such as
  // "America/Chicago", or "UTC".
  static std::optional<Schedule> parse(std::string_view cron, std::string_view zone,
                                       std::string* why = nullptr);

  // The first due time that is later than `after`; nothing if there is none within five years.
  std::optional<WallTime> next_after(WallTime after) const;

  const std::string& cron() const { return cron_; }
  const std::string& zone() const { return zone_; }
  friend bool operator==(const Schedule& a, const Schedule& b) {
    return a.cron_ == b.cron_ && a.zone_ == b.zone_;
  }

 private:
  std::string cron_;
  std::string zone_;
  CronFields fields_;
};

// What is wrong with a time zone's name, or nothing.
std::optional<std::string> error_in_zone(std::string_view zone);

}  // namespace fanout
