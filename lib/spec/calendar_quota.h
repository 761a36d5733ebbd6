// So many in each day or month of the calendar, anew at a time of the day: "65000/day", "2000000/month". A
// month begins on its first day. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"
#include "spec/clock_time.h"
#include "spec/schedule.h"

namespace fanout {

class CalendarQuota {
 public:
  // Nothing for text that is none; *why then says what is wrong.
  static std::optional<CalendarQuota> parse(std::string_view text, ClockTime resets, std::string_view zone,
                                            std::string* why);

  std::int64_t limit() const { return limit_; }
  // For who reckons in days: as if a month had always 31, and no day were longer than another.
  Rate as_rate() const;
  // Of the day or month in which that moment lies.
  WallTime begin_of(WallTime at) const;
  WallTime end_of(WallTime at) const;

  // "65000/day, anew at 00:00 in UTC"
  const std::string& text() const { return text_; }
  friend bool operator==(const CalendarQuota& a, const CalendarQuota& b) { return a.text_ == b.text_; }

 private:
  CalendarQuota(std::string text, std::int64_t limit, Schedule resets)
      : text_(std::move(text)), limit_(limit), resets_(std::move(resets)) {}

  std::string text_;
  std::int64_t limit_;
  Schedule resets_;
};

}  // namespace fanout
