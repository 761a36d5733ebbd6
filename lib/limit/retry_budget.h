// How many retries a vendor gets beside the requests that are made for the first time: a share of them, so
// that retries never become the load.
//
// After the retry budget of Finagle and of gRPC's retry throttling (gRFC A6): a first request adds a share of
// a token, a retry takes one. A few a second are always let through, and when no first requests go any more,
// at the end of a run, retries go at that share of the rate at which those went. Owned by the limiter, on the
// loop, told the time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace fanout {

class RetryBudget {
 public:
  static constexpr double kAtFirst = 10;  // tokens
  static constexpr double kMost = 100;
  static constexpr double kAlways = 1;  // a second

  explicit RetryBudget(double share = 1) : share_(share) {}
  void change(double share) { share_ = share; }
  std::string text() const;  // what it is, for the operator

  void taken(bool retry, MonoTime now);
  // When the next retry may leave.
  MonoTime next(MonoTime now) const;
  // How many may until then, if no first request goes meanwhile.
  std::int64_t room(MonoTime now, MonoTime until) const;
  bool is_spent() const { return tokens_ < 1; }
  // When so many are over, if they begin then.
  MonoTime end_of_turns(std::int64_t count, MonoTime from) const { return from + interval(from) * count; }
  // The time between two of them while nothing but time pays.
  microseconds interval(MonoTime now) const;

 private:
  static constexpr int kMeasured = 50;  // first requests

  double share_;
  double tokens_ = kAtFirst;
  std::optional<MonoTime> latest_retry_;
  std::optional<MonoTime> latest_first_;
  MonoTime measured_from_{};
  int measured_ = 0;
  double rate_ = 0;  // of first requests, a second, when it was last measured
};

}  // namespace fanout
