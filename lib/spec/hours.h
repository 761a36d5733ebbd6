// Hours of the day, perhaps on some days of the week only: "08:00-18:00", "mon-fri 22:00-06:00". Read on the
// clock of a time zone. A value.
//
// They begin at the first time and end at the second, on the next day where that is not later. Where a change
// to summer time skips one of them it is the moment of the change, and where one comes twice it is the first.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "spec/schedule.h"

namespace fanout {

class Hours {
 public:
  // Nothing for text that is none; *why then says what is wrong.
  static std::optional<Hours> parse(std::string_view text, std::string_view zone, std::string* why);

  bool contain(WallTime at) const;
  // When they next begin or end; nothing: never.
  std::optional<WallTime> next_change(WallTime after) const;

  const std::string& text() const { return text_; }
  const std::string& zone() const { return begin_.zone(); }
  friend bool operator==(const Hours& a, const Hours& b) {
    return a.text_ == b.text_ && a.zone() == b.zone();
  }

 private:
  Hours(std::string text, Schedule begin, Schedule end, bool same_day)
      : text_(std::move(text)), begin_(std::move(begin)), end_(std::move(end)), same_day_(same_day) {}

  std::string text_;
  Schedule begin_;
  Schedule end_;  // of each day: the first after a beginning counts
  bool same_day_;
};

}  // namespace fanout
