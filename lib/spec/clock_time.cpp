#include "spec/clock_time.h"

#include <fmt/format.h>

#include <charconv>

namespace fanout {
namespace {

std::optional<int> hour_or_minute(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && value >= 0;
  return whole && text.size() <= 2 ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<ClockTime> parse_clock_time(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto hour = hour_or_minute(text.substr(0, colon)), minute = hour_or_minute(text.substr(colon + 1));
  if (!hour || !minute || *minute > 59 || *hour > 24 || (*hour == 24 && *minute > 0)) return std::nullopt;
  return ClockTime{*hour % 24, *minute};
}

std::string format_clock_time(ClockTime at) { return fmt::format("{:02}:{:02}", at.hour, at.minute); }

std::optional<Schedule> each_day(ClockTime at, std::string_view days, std::string_view zone,
                                 std::string* why) {
  return Schedule::parse(fmt::format("{} {} * * {}", at.minute, at.hour, days), zone, why);
}

}  // namespace fanout
