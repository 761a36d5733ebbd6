#include "forecast/speed.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fanout {
namespace {

constexpr std::chrono::duration<double> kTooShort{1};
constexpr double kStandsStill = 1e-6;  // a second

// Of something that long ago.
double weight(std::chrono::duration<double> age) { return std::exp2(-age / Speed::kHalfLife); }

}  // namespace

void Speed::settled(std::int64_t count, MonoTime now) {
  weighted_ = weighted_ * weight(now - at_) + static_cast<double>(count);
  at_ = now;
}

void Speed::held_up(MonoTime from, MonoTime now) {
  const auto length = now - std::max(from, begun_);
  begun_ += length;
  at_ = std::min(at_ + length, now);
}

double Speed::rate(MonoTime now) const {
  if (now <= begun_) return 0;
  const double mean_life = std::chrono::duration<double>(kHalfLife).count() / std::numbers::ln2;
  const double weighted_time = mean_life * (1 - weight(now - begun_));
  return weighted_ * weight(now - at_) / weighted_time;
}

bool Speed::is_known(MonoTime now) const { return now - begun_ >= kTooShort && rate(now) > kStandsStill; }

}  // namespace fanout
