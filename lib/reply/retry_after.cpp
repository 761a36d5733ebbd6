#include "reply/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/units.h"
#include "reply/header_words.h"

namespace fanout {
namespace {

constexpr milliseconds kLongestWait = std::chrono::hours(24);

milliseconds sane(double ms) {
  if (!(ms > 0)) return milliseconds(0);
  return ms >= static_cast<double>(kLongestWait.count()) ? kLongestWait
                                                         : milliseconds(std::llround(std::ceil(ms)));
}

std::optional<int> whole(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

std::optional<seconds> time_of_day(std::string_view text) {
  const auto words = words_of(text, ":");
  if (words.size() != 3) return std::nullopt;
  const auto hour = whole(words[0]), minute = whole(words[1]), second = whole(words[2]);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + seconds(*second);
}

// RFC 9110 §5.6.7: two digits mean the last such year that is no more than 50 years ahead.
int full_year(int year, WallTime now) {
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const int this_year = static_cast<int>(today.year());
  year += this_year / 100 * 100;
  return year > this_year + 50 ? year - 100 : year;
}

std::optional<WallTime> date_of(std::string_view year, std::string_view month, std::string_view day,
                                std::string_view time, WallTime now) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto named = std::ranges::find(kMonths, month);
  const auto y = whole(year), d = whole(day);
  const auto of_day = time_of_day(time);
  if (named == kMonths.end() || !y || *y > 9999 || !d || *d > 31 || !of_day) return std::nullopt;
  const std::chrono::year_month_day date(
      std::chrono::year(year.size() == 2 ? full_year(*y, now) : *y),
      std::chrono::month(static_cast<unsigned>(named - kMonths.begin() + 1)),
      std::chrono::day(static_cast<unsigned>(*d)));
  if (!date.ok()) return std::nullopt;
  return WallTime(std::chrono::sys_days(date)) + *of_day;
}

// The three forms of RFC 9110 §5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT", and of old "Sunday, 06-Nov-94 08:49:37
// GMT" and "Sun Nov  6 08:49:37 1994".
std::optional<WallTime> http_date(std::string_view text, WallTime now) {
  const auto words = words_of(text, " ,-");
  if (words.size() == 6 && words[5] == "GMT") return date_of(words[3], words[2], words[1], words[4], now);
  if (words.size() == 5) return date_of(words[4], words[1], words[2], words[3], now);
  return std::nullopt;
}

// RFC 3339, and what SQLite's datetime() writes: "2026-11-23T02:00:30Z", "… 02:00:30.5+01:00", UTC where no
// zone is named.
std::optional<WallTime> iso_date(std::string_view text) {
  constexpr std::size_t kDate = 10, kDateAndTime = 19;
  if (text.size() < kDateAndTime || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (text[kDate] != 'T' && text[kDate] != 't' && text[kDate] != ' ') return std::nullopt;
  const auto y = whole(text.substr(0, 4)), m = whole(text.substr(5, 2)), d = whole(text.substr(8, 2));
  const auto of_day = time_of_day(text.substr(kDate + 1, kDateAndTime - kDate - 1));
  if (!y || !m || !d || !of_day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*y), std::chrono::month(static_cast<unsigned>(*m)),
                                         std::chrono::day(static_cast<unsigned>(*d))};
  if (!date.ok()) return std::nullopt;
  WallTime at = WallTime(std::chrono::sys_days(date)) + *of_day;

  std::string_view zone = text.substr(kDateAndTime);
  if (zone.starts_with('.')) {  // rather a second longer than too short
    const auto end = std::min(zone.find_first_not_of("0123456789", 1), zone.size());
    if (zone.substr(0, end).find_first_not_of(".0") != std::string_view::npos) at += seconds(1);
    zone.remove_prefix(end);
  }
  if (zone.empty() || zone == "Z" || zone == "z") return at;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const auto hours = whole(zone.substr(1, 2)), minutes = whole(zone.substr(4, 2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const milliseconds ahead = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return zone[0] == '+' ? at - ahead : at + ahead;
}

// Seconds from now, or a point in time in seconds or milliseconds.
milliseconds delay_or_epoch(double number, WallTime now) {
  if (number < kEpochSeconds) return sane(number * 1000);
  const double at = number < kEpochMilliseconds ? number * 1000 : number;
  return sane(at - static_cast<double>(unix_ms(now)));
}

}  // namespace

std::optional<WallTime> read_moment(std::string_view text, WallTime now) {
  if (const auto date = http_date(text, now)) return date;
  return iso_date(text);
}

std::optional<milliseconds> read_wait(std::string_view text, WallTime now) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  if (const auto number = number_in(text)) return delay_or_epoch(*number, now);
  if (const auto at = read_moment(text, now)) return sane(static_cast<double>((*at - now).count()));
  if (const auto duration = parse_duration(text)) return std::min(*duration, kLongestWait);
  return std::nullopt;
}

namespace {

// A rolling window of hours has room again long before it is over.
constexpr milliseconds kWaitedOut = std::chrono::minutes(5);

std::optional<milliseconds> wait_of(const ToldLimit& limit) {
  if (limit.reset_in) return std::min(*limit.reset_in, kLongestWait);
  return limit.window && *limit.window <= kWaitedOut ? limit.window : std::nullopt;
}

}  // namespace

Quiet quiet_of(int status, const ToldLimits& told) {
  Quiet quiet;
  std::vector<ToldLimit> with_wait;
  for (const auto& limit : told.limits) {
    const auto wait = wait_of(limit);
    if (wait) with_wait.push_back(limit);
    if (limit.remaining != 0) continue;
    quiet.nothing_remains = true;
    if (wait) quiet.wait = std::max(quiet.wait.value_or(milliseconds(0)), *wait);
  }
  const auto* binds = tightest(with_wait);
  if (!quiet.wait && status == 429 && binds != nullptr) quiet.wait = wait_of(*binds);
  if (told.retry_after) quiet.wait = told.retry_after;
  return quiet;
}

}  // namespace fanout
