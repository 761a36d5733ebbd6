#include "limit/quota.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fanout {
namespace {

constexpr std::array<milliseconds, 5> kLengths{seconds(10), std::chrono::minutes(1), std::chrono::minutes(10),
                                               std::chrono::hours(1), std::chrono::hours(24)};
// Shorter ones are a rate, which the adaptive bound finds by itself.
constexpr milliseconds kLasting{3000};
constexpr milliseconds kShortestQuiet{1000}, kLongestQuiet = std::chrono::minutes(5);
constexpr int kPatience = 10;  // windows
constexpr std::int64_t kMost = 1'000'000;
constexpr double kHigher = 1.02;
constexpr double kBelow = 0.99;

}  // namespace

Quota::Quota()
    : answered_{Arrivals(kLengths[0], kMost), Arrivals(kLengths[1], kMost), Arrivals(kLengths[2], kMost),
                Arrivals(kLengths[3], kMost), Arrivals(kLengths[4], kMost)} {}

void Quota::well(MonoTime taken, MonoTime now) {
  if (blocked_since_ && taken > last_refused_) let_go(taken);
  for (auto& answered : answered_) {
    answered.add(taken);
    answered.forget(now);
  }
  ++since_let_go_;
  if (limit_ > 0 && now - raised_at_ >= kPatience * window_) {
    limit_ *= kHigher;
    raised_at_ = now;
  }
}

bool Quota::refused(MonoTime taken, MonoTime now) {
  last_refused_ = std::max(last_refused_, taken);
  raised_at_ = now;
  if (blocked_since_) return false;
  blocked_since_ = taken;
  for (std::size_t i = 0; i < answered_.size(); ++i) {
    answered_[i].forget(taken);
    before_block_[i] = answered_[i].count();
  }
  return true;
}

milliseconds Quota::quiet(MonoTime now) const {
  const auto lasted = blocked_since_ ? now - *blocked_since_ : microseconds(0);
  return std::clamp(std::chrono::ceil<milliseconds>(lasted / 4), kShortestQuiet, kLongestQuiet);
}

void Quota::let_go(MonoTime taken) {
  const auto lasted = last_refused_ - *blocked_since_;
  blocked_since_.reset();
  const auto since_let_go = std::exchange(since_let_go_, 0);
  const bool before = std::exchange(let_go_before_, true);
  raised_at_ = taken;
  if (lasted < kLasting) return;
  std::size_t i = 0;
  while (i + 1 < kLengths.size() && (kLengths[i] < lasted || kLengths[i] < window_)) ++i;
  window_ = kLengths[i];
  const auto answered =
      static_cast<double>(before ? std::min(since_let_go, before_block_[i]) : before_block_[i]);
  limit_ = std::max(1.0, limit_ > 0 ? std::min(answered, limit_ * kBelow) : answered);
}

std::optional<double> Quota::rate() const {
  if (limit_ <= 0) return std::nullopt;
  return kBelow * limit_ / std::chrono::duration<double>(window_).count();
}

}  // namespace fanout
