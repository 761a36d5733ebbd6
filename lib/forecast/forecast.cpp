#include "forecast/forecast.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fanout {
namespace {

constexpr std::chrono::duration<double> kTooShort{1};
constexpr std::chrono::duration<double> kTooLong = std::chrono::hours(24 * 365);

// Of something that long ago.
double weight(std::chrono::duration<double> age) { return std::exp2(-age / Forecast::kHalfLife); }

}  // namespace

void Forecast::settled(std::int64_t count, MonoTime now) {
  weighted_ = weighted_ * weight(now - at_) + static_cast<double>(count);
  at_ = now;
}

double Forecast::rate(MonoTime now) const {
  if (now <= begun_) return 0;
  const double mean_life = std::chrono::duration<double>(kHalfLife).count() / std::numbers::ln2;
  const double weighted_time = mean_life * (1 - weight(now - begun_));
  return weighted_ * weight(now - at_) / weighted_time;
}

std::optional<milliseconds> Forecast::left(std::int64_t open, MonoTime now) const {
  if (open <= 0) return milliseconds(0);
  const double moving = rate(now);
  if (now - begun_ < kTooShort || moving <= 0) return std::nullopt;
  const std::chrono::duration<double> left(static_cast<double>(open) / moving);
  if (left > kTooLong) return std::nullopt;
  return std::chrono::ceil<milliseconds>(left);
}

}  // namespace fanout
