#include "reply/limit_times.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "reply/header_words.h"
#include "reply/limit_name.h"
#include "reply/retry_after.h"

namespace fanout {
namespace {

constexpr milliseconds kLongestReset =
    std::chrono::days(32);  // a month, and a day for two clocks that disagree
constexpr double kLongestResetMs = static_cast<double>(kLongestReset.count());

std::optional<milliseconds> bounded(double ms) {
  if (!(ms <= kLongestResetMs)) return std::nullopt;
  return milliseconds(std::llround(std::ceil(std::max(ms, 0.0))));
}

std::optional<double> unit_of(std::string_view unit) {
  for (const auto& [name, ms] : {std::pair{"d", 86'400'000.0},
                                 {"h", 3'600'000.0},
                                 {"m", 60'000.0},
                                 {"s", 1000.0},
                                 {"ms", 1.0},
                                 {"us", 1e-3},
                                 {"\xc2\xb5s", 1e-3},
                                 {"ns", 1e-6}}) {
    if (unit == name) return ms;
  }
  return std::nullopt;
}

// "1h23m31s", "6m0s", "20ms", "1.5s": as Go writes it.
std::optional<double> compound(std::string_view text) {
  double ms = 0;
  if (text.empty() || text.size() > 40) return std::nullopt;
  while (!text.empty()) {
    const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = number_in(text.substr(0, digits));
    text.remove_prefix(digits);
    const auto letters = std::min(text.find_first_of("0123456789."), text.size());
    const auto unit = unit_of(text.substr(0, letters));
    if (!number || !unit) return std::nullopt;
    ms += *number * *unit;
    text.remove_prefix(letters);
  }
  return ms;
}

}  // namespace

std::optional<ResetIn> read_reset(std::string_view text, WallTime now, bool in_milliseconds) {
  text = trimmed(text);
  const auto made = [](std::optional<milliseconds> in, bool is_delta) {
    return in ? std::optional(ResetIn{*in, is_delta}) : std::nullopt;
  };
  if (const auto number = number_in(text)) {
    if (*number < 0) return std::nullopt;
    if (*number < kEpochSeconds) return made(bounded(in_milliseconds ? *number : *number * 1000), true);
    const double at = *number < kEpochMilliseconds ? *number * 1000 : *number;
    return made(bounded(at - static_cast<double>(unix_ms(now))), false);
  }
  if (const auto ms = compound(text)) return made(bounded(*ms), true);
  if (const auto at = read_moment(text, now))
    return made(bounded(static_cast<double>((*at - now).count())), false);
  return std::nullopt;
}

std::optional<milliseconds> read_window(std::string_view text, bool in_milliseconds) {
  text = trimmed(text);
  if (const auto word = window_word(text)) return word;
  auto ms = compound(text);
  if (const auto number = number_in(text)) ms = in_milliseconds ? *number : *number * 1000;
  if (!ms || *ms < 1) return std::nullopt;
  const auto window = bounded(*ms);
  return window;
}

}  // namespace fanout
