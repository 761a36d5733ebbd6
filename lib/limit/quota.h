// So many requests in a minute, an hour or a day, learned from refusals that last.
//
// A vendor that refuses again and again for seconds counts in a window that is longer than that. How many it
// answered since the last time that it let go, or in the window before, is its quota; it is spread evenly
// over the window from then on. Every ten windows without a refusal it is tried a little higher. Owned by the
// adaptive bound, on the loop, told the time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "limit/arrivals.h"

namespace fanout {

class Quota {
 public:
  struct State {
    double limit = 0;
    milliseconds window{0};
  };

  Quota();

  // A request that was taken then was answered well, or refused.
  void well(MonoTime taken, MonoTime now);
  // True if it is the first of its kind: the vendor refuses from now on.
  bool refused(MonoTime taken, MonoTime now);
  bool is_blocked() const { return blocked_since_.has_value(); }
  // How long to ask nothing after a refusal: a second at first, later a quarter of what it has lasted.
  milliseconds quiet(MonoTime now) const;

  // Requests a second; nothing: no quota is known.
  std::optional<double> rate() const;

  State state() const { return {limit_, window_}; }
  void restore(const State& state) {
    limit_ = state.limit;
    window_ = state.window;
  }

 private:
  static constexpr std::size_t kWindows = 5;
  void let_go(MonoTime taken);

  double limit_ = 0;
  milliseconds window_{0};
  std::array<Arrivals, kWindows> answered_;            // in each window that there may be
  std::array<std::int64_t, kWindows> before_block_{};  // likewise, when it was blocked
  std::int64_t since_let_go_ = 0;
  bool let_go_before_ = false;
  std::optional<MonoTime> blocked_since_;
  MonoTime last_refused_{};
  MonoTime raised_at_{};
};

}  // namespace fanout
