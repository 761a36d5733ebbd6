#include "harvest/steady_time.h"

#include <algorithm>

namespace fanout {
namespace {

constexpr milliseconds kJump = std::chrono::hours(1);  // more than any clock drifts in a day
constexpr milliseconds kTrusted = std::chrono::hours(24);

WallTime boot_of(const Clock& clock) {
  return clock.wall() - std::chrono::floor<milliseconds>(clock.mono().time_since_epoch());
}

}  // namespace

SteadyTime::SteadyTime(const Clock& clock, std::optional<WallTime> latest)
    : clock_(clock),
      anchor_(std::min(clock.wall(), latest.value_or(clock.wall()))),
      at_(clock.mono()),
      boot_(boot_of(clock)),
      agreed_since_(at_) {}

WallTime SteadyTime::wall() {
  const auto mono = clock_.mono();
  const auto boot = boot_of(clock_);
  if (boot > boot_ + kJump || boot < boot_ - kJump) {
    boot_ = boot;
    agreed_since_ = mono;
  }
  anchor_ += std::chrono::floor<milliseconds>(mono - at_);
  at_ = mono;
  if (mono - agreed_since_ >= kTrusted) anchor_ = clock_.wall();
  return std::min(clock_.wall(), anchor_);
}

}  // namespace fanout
