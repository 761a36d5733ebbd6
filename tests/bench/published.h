// Two published ways to find what a service bears, as their own sources describe them, to compare with.
//
// AWS: the "adaptive" retry mode of the AWS SDKs (botocore/retries/adaptive.py, bucket.py, throttling.py). It
// asks without limit until the first throttling error; then a token bucket at a rate that a refusal sets to
// 0.7 of what was measured, and that comes back by CUBIC with a scale of 0.4.
// Netflix: Gradient2Limit of concurrency-limits, with its defaults: from 20 in flight on, by how far the last
// reply's time lies above a long mean; refusals say nothing to it.
#pragma once

#include <algorithm>
#include <cmath>

#include "limit/playing.h"

namespace fanout::strange {

class AwsAdaptiveRetry {
 public:
  Time next(Time now, int) const {
    if (!enabled_) return now;
    const double tokens = std::min(capacity_, tokens_ + (now - filled_) * fill_);
    return tokens >= 1 ? now : now + (1 - tokens) / fill_ + 1e-6;
  }
  void taken(Time now, int) {
    if (!enabled_) return;
    tokens_ = std::min(capacity_, tokens_ + (now - filled_) * fill_) - 1;
    filled_ = now;
  }
  void ended(Fate fate, Time, Time now) {
    measure(now);
    double rate = 0;
    if (fate == Fate::refused) {
      last_max_ = enabled_ ? std::min(measured_, fill_) : measured_;
      window_ = std::cbrt(last_max_ * (1 - kBeta) / kScale);
      throttled_ = now;
      rate = last_max_ * kBeta;
      enabled_ = true;
    } else {
      const double past = now - throttled_ - window_;
      rate = kScale * past * past * past + last_max_;
    }
    if (!enabled_) return;
    rate = std::min(rate, 2 * measured_);
    tokens_ = std::min(capacity_, tokens_ + (now - filled_) * fill_);
    filled_ = now;
    fill_ = std::max(rate, 0.5);
    capacity_ = std::max(fill_, 1.0);
    tokens_ = std::min(tokens_, capacity_);
  }

 private:
  static constexpr double kBeta = 0.7, kScale = 0.4, kSmooth = 0.8;
  void measure(Time now) {
    const Time bucket = std::floor(now * 2) / 2;
    ++count_;
    if (bucket <= bucket_) return;
    const double rate = count_ / (bucket - bucket_);
    measured_ = rate * kSmooth + measured_ * (1 - kSmooth);
    count_ = 0;
    bucket_ = bucket;
  }
  bool enabled_ = false;
  double fill_ = 0.5, capacity_ = 1, tokens_ = 0, measured_ = 0, last_max_ = 0, window_ = 0, count_ = 0;
  Time filled_ = 0, throttled_ = 0, bucket_ = 0;
};

class NetflixGradient2 {
 public:
  Time next(Time now, int in_flight) const { return in_flight >= static_cast<int>(limit_) ? kNever : now; }
  void taken(Time, int in_flight) { in_flight_ = in_flight; }
  void ended(Fate fate, Time took, Time) {
    if (fate != Fate::well) return;
    long_ = count_ < 10 ? (long_ * count_ + took) / (count_ + 1) : long_ + (took - long_) * 2 / (600 + 1);
    ++count_;
    if (long_ / took > 2) long_ *= 0.95;
    if (in_flight_ < limit_ / 2) return;
    const double gradient = std::clamp(1.5 * long_ / took, 0.5, 1.0);
    const double wanted = limit_ * gradient + 4;
    limit_ = std::clamp(limit_ * 0.8 + wanted * 0.2, 20.0, 200.0);
  }

 private:
  double limit_ = 20, long_ = 0;
  int count_ = 0, in_flight_ = 0;
};

}  // namespace fanout::strange
