#include "base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace fanout {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// A hundred years. Nobody means a longer one, and added to any time this one stays in range, in nanoseconds
// too.
constexpr milliseconds kLongest = std::chrono::days(36'500);

constexpr std::array<Unit, 5> kTimes{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 5> kSizes{
    {{"B", 1}, {"KiB", 1LL << 10}, {"MiB", 1LL << 20}, {"GiB", 1LL << 30}, {"TiB", 1LL << 40}}};

// A whole number and one of the units, without a sign or a blank.
std::optional<std::int64_t> parse_quantity(std::string_view text, const std::array<Unit, 5>& units) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const auto unit = std::ranges::find(units, text, &Unit::name);
  if (unit == units.end() || number > std::numeric_limits<std::int64_t>::max() / unit->factor)
    return std::nullopt;
  return number * unit->factor;
}

// The largest unit that leaves no rest.
std::string exact_duration(milliseconds duration) {
  for (auto unit = kTimes.rbegin(); unit != kTimes.rend(); ++unit) {
    if (duration.count() != 0 && duration.count() % unit->factor == 0) {
      return fmt::format("{}{}", duration.count() / unit->factor, unit->name);
    }
  }
  return "0ms";
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  const auto value = parse_quantity(text, kTimes);
  if (!value || *value > kLongest.count()) return std::nullopt;
  return milliseconds(*value);
}

std::optional<std::int64_t> parse_size(std::string_view text) { return parse_quantity(text, kSizes); }

std::optional<Rate> parse_rate(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  Rate rate;
  const auto [end, error] = std::from_chars(text.data(), text.data() + slash, rate.limit);
  const auto window = parse_duration(text.substr(slash + 1));
  if (error != std::errc() || end != text.data() + slash || rate.limit <= 0) return std::nullopt;
  if (!window || window->count() == 0) return std::nullopt;
  rate.window = *window;
  return rate;
}

std::optional<double> parse_percent(std::string_view text) {
  if (text.size() < 2 || !text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 && value <= 100 ? std::optional(value) : std::nullopt;
}

std::string format_duration(milliseconds duration) {
  if (duration.count() < 0) return "-" + format_duration(-std::max(duration, -milliseconds::max()));
  if (duration < seconds(1)) return fmt::format("{} ms", duration.count());
  const auto tenths = duration.count() / 100;
  if (tenths < 100 && tenths % 10 != 0) return fmt::format("{}.{} s", tenths / 10, tenths % 10);
  const auto whole = std::chrono::duration_cast<seconds>(duration).count();
  if (whole < 60) return fmt::format("{} s", whole);
  const auto pair = [](std::int64_t major, const char* name, std::int64_t minor, const char* lesser) {
    return minor == 0 ? fmt::format("{}{}", major, name)
                      : fmt::format("{}{} {}{}", major, name, minor, lesser);
  };
  if (whole < 3600) return pair(whole / 60, "m", whole % 60, "s");
  if (whole < 86'400) return pair(whole / 3600, "h", whole % 3600 / 60, "m");
  return pair(whole / 86'400, "d", whole % 86'400 / 3600, "h");
}

std::string format_size(std::int64_t bytes) {
  auto unit = kSizes.begin();
  while (unit + 1 != kSizes.end() && bytes >= (unit + 1)->factor) ++unit;
  if (bytes % unit->factor == 0) return fmt::format("{} {}", bytes / unit->factor, unit->name);
  return fmt::format("{:.1f} {}", static_cast<double>(bytes) / static_cast<double>(unit->factor), unit->name);
}

std::string format_rate(const Rate& rate) {
  return fmt::format("{}/{}", rate.limit, exact_duration(rate.window));
}

std::string format_utc_date(WallTime at) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(at));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string format_utc(WallTime at) {
  const std::chrono::hh_mm_ss time(at - std::chrono::floor<std::chrono::days>(at));
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", format_utc_date(at), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

}  // namespace fanout
