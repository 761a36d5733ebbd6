#include "spec/calendar_quota.h"

#include <fmt/format.h>

#include <charconv>

namespace fanout {
namespace {

constexpr std::chrono::hours kLongestPeriod{24 * 32};

}  // namespace

std::optional<CalendarQuota> CalendarQuota::parse(std::string_view text, ClockTime resets,
                                                  std::string_view zone, std::string* why) {
  const auto slash = text.find('/');
  const auto number = text.substr(0, slash);
  const auto period = slash == std::string_view::npos ? "" : text.substr(slash + 1);
  std::int64_t limit = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), limit);
  constexpr std::int64_t kMost = 1'000'000'000'000;
  if (error != std::errc() || end != number.data() + number.size() || limit < 1 || limit > kMost ||
      (period != "day" && period != "month")) {
    *why = "it is no number of requests in a day or a month";
    return std::nullopt;
  }
  auto moments = period == "day"
                     ? each_day(resets, "*", zone, why)
                     : Schedule::parse(fmt::format("{} {} 1 * *", resets.minute, resets.hour), zone, why);
  if (!moments) return std::nullopt;
  return CalendarQuota(fmt::format("{}, anew at {} in {}", text, format_clock_time(resets), zone), limit,
                       std::move(*moments));
}

WallTime CalendarQuota::begin_of(WallTime at) const {
  auto begin = at - kLongestPeriod;
  for (auto next = resets_.next_after(begin); next && *next <= at; next = resets_.next_after(begin))
    begin = *next;
  return begin;
}

Rate CalendarQuota::as_rate() const {
  constexpr WallTime kInJanuary{std::chrono::days(14)};
  return {limit_, std::chrono::round<std::chrono::days>(end_of(kInJanuary) - begin_of(kInJanuary))};
}

WallTime CalendarQuota::end_of(WallTime at) const {
  return resets_.next_after(at).value_or(at + kLongestPeriod);
}

}  // namespace fanout
