#include "forecast/time_left.h"

#include <algorithm>
#include <cmath>

namespace fanout {
namespace {

constexpr std::chrono::duration<double> kTooLong = std::chrono::hours(24 * 365);
// A pace varies, and where only the limits are known the vendor may be slower than they are.
constexpr double kPaceVaries = 0.08;
constexpr double kPaceUnknown = 0.2;

std::optional<milliseconds> time_for(double calls, const Going& going) {
  std::chrono::duration<double> time{0};
  if (going.rate) time = std::chrono::duration<double>(calls / *going.rate);
  const auto least = going.at_best ? going.at_best(calls) : std::nullopt;
  if (!going.rate && !least) return std::nullopt;
  time += going.waits;
  if (least) time = std::max<std::chrono::duration<double>>(time, *least);
  if (time > kTooLong) return std::nullopt;
  return std::chrono::ceil<milliseconds>(time);
}

}  // namespace

std::optional<TimeLeft> time_left(const Growth& growth, const Going& going) {
  if (growth.median <= 0) return TimeLeft{};
  const double pace = going.rate ? kPaceVaries : kPaceUnknown;
  const double spread = kOneInTen * std::hypot(growth.spread, pace);
  const double low = std::max(growth.median * std::exp(-spread), growth.open * std::exp(-kOneInTen * pace));
  const auto median = time_for(growth.median, going);
  const auto least = time_for(low, going);
  const auto most = time_for(growth.median * std::exp(spread), going);
  if (!median || !least || !most) return std::nullopt;
  return TimeLeft{*least, *median, *most};
}

}  // namespace fanout
