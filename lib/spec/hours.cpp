#include "spec/hours.h"

#include <algorithm>

#include "spec/clock_time.h"

namespace fanout {
namespace {

// A day with a change of the clocks is longer by an hour, or two.
constexpr std::chrono::hours kLongestDay{26};

}  // namespace

std::optional<Hours> Hours::parse(std::string_view text, std::string_view zone, std::string* why) {
  const auto blank = text.rfind(' ');
  const auto days = blank == std::string_view::npos ? "*" : text.substr(0, blank);
  const auto times = blank == std::string_view::npos ? text : text.substr(blank + 1);
  const auto dash = times.find('-');
  const auto from = parse_clock_time(times.substr(0, std::min(dash, times.size())));
  const auto to = dash == std::string_view::npos ? std::nullopt : parse_clock_time(times.substr(dash + 1));
  if (!from || !to || days.find(' ') != std::string_view::npos) {
    *why = "it is no time of the day to another";
    return std::nullopt;
  }
  if (*from == *to) {
    *why = *to == ClockTime{} ? "it is the whole day, for which quiet is left out"
                              : "it begins and ends at the same time";
    return std::nullopt;
  }
  auto begin = each_day(*from, days, zone, why);
  auto end = begin ? each_day(*to, "*", zone, why) : std::nullopt;
  if (!end) return std::nullopt;
  return Hours(std::string(text), std::move(*begin), std::move(*end), *from < *to);
}

bool Hours::contain(WallTime at) const {
  std::optional<WallTime> latest;
  auto begin = begin_.next_after(at - kLongestDay);
  while (begin && *begin <= at) {
    latest = begin;
    begin = begin_.next_after(*begin);
  }
  if (!latest) return false;
  // Where both are skipped they are the same moment: there are none on that day.
  const auto end = end_.next_after(same_day_ ? *latest - milliseconds(1) : *latest);
  return end && *end > at;
}

std::optional<WallTime> Hours::next_change(WallTime after) const {
  const auto begin = begin_.next_after(after);
  if (!contain(after)) return begin;
  const auto end = end_.next_after(after);
  return begin && end ? std::min(begin, end) : (end ? end : begin);
}

}  // namespace fanout
