#include "spec/schedule.h"

#include <date/tz.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "base/wording.h"

namespace fanout {
namespace {

constexpr date::days kFarthest{5 * 366};

// Null for UTC, which needs no time zone database; throws std::runtime_error for a zone that is not known.
const date::time_zone* zone_named(const std::string& name) {
  return name == "UTC" ? nullptr : date::locate_zone(name);
}

date::local_time<milliseconds> local_time(const date::time_zone* zone, WallTime at) {
  return zone == nullptr ? date::local_time<milliseconds>(at.time_since_epoch()) : zone->to_local(at);
}

struct Shown {
  WallTime first;
  std::optional<WallTime> again;
};

// When the clocks of that zone show it: once, twice, or never; then it is the moment of the change.
Shown moments_of(const date::time_zone* zone, date::local_time<std::chrono::minutes> local) {
  const date::local_seconds at = local;
  if (zone == nullptr) return {WallTime(at.time_since_epoch()), std::nullopt};
  const date::local_info info = zone->get_info(at);
  if (info.result == date::local_info::nonexistent) return {info.first.end, std::nullopt};
  Shown shown{WallTime(at.time_since_epoch() - info.first.offset), std::nullopt};
  if (info.result == date::local_info::ambiguous) {
    shown.again = WallTime(at.time_since_epoch() - info.second.offset);
  }
  return shown;
}

// All that the machine knows; none if its time zone data are missing.
std::vector<std::string> known_zones() {
  std::vector<std::string> known;
  try {
    for (const date::time_zone& zone : date::get_tzdb().zones) known.push_back(zone.name());
  } catch (const std::runtime_error&) {
  }
  return known;
}

}  // namespace

std::optional<std::string> error_in_zone(std::string_view zone) {
  try {
    zone_named(std::string(zone));
    return std::nullopt;
  } catch (const std::runtime_error&) {
    const std::vector<std::string> known = known_zones();
    if (known.empty()) {
      return "time zone \"" + std::string(zone) +
             "\" cannot be looked up, since this machine has no time zone data; apt-get install tzdata, or "
             "write \"UTC\"";
    }
    const std::string hint = did_you_mean(zone, known, "");
    return "unknown time zone \"" + std::string(zone) + "\"; " +
           (hint.empty() ? "write an IANA name such as \"Europe/Berlin\", or \"UTC\"" : hint);
  }
}

std::optional<Schedule> Schedule::parse(std::string_view cron, std::string_view zone, std::string* why) {
  std::string wrong;
  const std::optional<CronFields> fields = parse_cron(cron, &wrong);
  if (fields) wrong = error_in_zone(zone).value_or("");
  if (!wrong.empty()) {
    if (why != nullptr) *why = wrong;
    return std::nullopt;
  }
  Schedule schedule;
  schedule.cron_ = cron;
  schedule.zone_ = zone;
  schedule.fields_ = *fields;
  return schedule;
}

// Walks the days of the zone's calendar. The later a clock time, the later (or at the same moment) it is
// first shown, so the first of those that is later than `after` is the next one, unless a clock time before
// it comes again before that. It begins a day early: clocks that go back at midnight show times of the day
// before.
std::optional<WallTime> Schedule::next_after(WallTime after) const {
  const date::time_zone* zone = zone_named(zone_);
  const date::local_days today = date::floor<date::days>(local_time(zone, after));
  std::optional<WallTime> again;
  for (date::local_days day = today - date::days(1); day <= today + kFarthest; day += date::days(1)) {
    const date::year_month_day calendar(day);
    if (!fields_.on(static_cast<unsigned>(calendar.month()), static_cast<unsigned>(calendar.day()),
                    date::weekday(day).c_encoding())) {
      continue;
    }
    for (std::size_t hour = 0; hour < 24; ++hour) {
      for (std::size_t minute = 0; fields_.hours[hour] && minute < 60; ++minute) {
        if (!fields_.minutes[minute]) continue;
        const Shown shown = moments_of(zone, day + std::chrono::hours(hour) + std::chrono::minutes(minute));
        if (shown.first > after) return again ? std::min(*again, shown.first) : shown.first;
        if (fields_.any_time && shown.again && *shown.again > after && !again) again = shown.again;
      }
    }
  }
  return again;
}

}  // namespace fanout
