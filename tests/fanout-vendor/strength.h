// How much the vendor bears before it falls over, and when it gets up again: the outage of the story.
//
// It falls when more than its rate arrive. It stays down while it is hammered: until in a stretch of `quiet`
// no more than a tenth of that rate arrived, what arrives while it is down included. Told the time.
#pragma once

#include <cstdint>
#include <deque>

#include "quantities.h"

namespace fanout_vendor {

class Strength {
 public:
  explicit Strength(FallsOver falls) : falls_(std::move(falls)) {}

  // A request arrives; whether it finds the vendor down.
  bool is_down_for(Instant now);

  const FallsOver& falls() const { return falls_; }
  bool is_down() const { return down_; }
  std::uint64_t times() const { return times_; }
  std::uint64_t requests() const { return requests_; }  // that found it down

 private:
  std::uint64_t arrived_within(Duration stretch, Instant now) const;

  FallsOver falls_;
  std::deque<Instant> arrivals_;
  bool down_ = false;
  Instant fell_{};
  std::uint64_t times_ = 0;
  std::uint64_t requests_ = 0;
};

}  // namespace fanout_vendor
