// Stops asking a vendor that is down, and finds out gently when it is back.
//
// Opens when of the last kRemembered replies that say anything at least kFailures, and at least half, say
// that it is down: a few tasks that always fail are not the vendor's failure, however they come together.
// While it is open one request at a time may leave, a probe: the first after a second, the next ones at
// intervals that double up to half a minute, counted from the end of the probe before. A probe that comes
// back well closes it; then one request may be in flight, and one more with each good reply. What was in
// flight when it opened says nothing any more, whenever it ends. Owned by the limiter, on the loop, told the
// time.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "base/time.h"

namespace fanout {

// What a reply says about the vendor.
enum class Evidence { alive, down, unclear };

class Breaker {
 public:
  static constexpr int kFailures = 5;
  static constexpr int kRemembered = 20;
  static constexpr milliseconds kFirstInterval{1000};
  static constexpr milliseconds kLongestInterval{30'000};
  static constexpr int kNoCap = 1'000'000;

  // number: of a request; they grow.
  void taken(std::uint64_t number);
  void finished(std::uint64_t number, Evidence evidence, MonoTime now, const std::string& reason);
  // Opens at once, for a reason of its own. Told right after its probe ended, an open one stays open and
  // waits longer; an open one that is told at another time has heard it before.
  void trip(MonoTime now, std::string why);
  void reset();

  bool open() const { return open_; }
  // Of the last replies more than half were good.
  bool well() const { return !open_ && 2 * failures_ < static_cast<int>(recent_.size()); }
  bool probing() const { return probe_.has_value(); }
  // When it is open: when the next probe may leave; MonoTime::max() while one is in flight.
  MonoTime next() const { return probing() ? MonoTime::max() : next_probe_; }
  // So many may be in flight while it is closed.
  int cap() const { return cap_; }
  std::string why() const;  // empty when closed; holds no time, which would grow stale in a row

  // What outlives a restart. Without until_probe a probe had left or may have: the next one waits for a whole
  // interval.
  struct State {
    bool open = false;
    int failures = 0;
    int cap = kNoCap;
    milliseconds interval{kFirstInterval};
    std::optional<milliseconds> until_probe;
    std::string why;
  };
  State state(MonoTime now, MonoTime valid_until) const;
  void restore(State state, MonoTime now);

 private:
  void open_at(MonoTime now, std::string why);
  void remember(bool failure);
  void forget_replies();
  void probe_ended(Evidence evidence, MonoTime now);

  bool open_ = false;
  std::deque<bool> recent_;  // whether it was a failure; the latest last
  int failures_ = 0;         // among them
  int cap_ = kNoCap;
  milliseconds interval_{kFirstInterval};
  MonoTime next_probe_{};
  std::optional<std::uint64_t> probe_;
  bool probe_just_ended_ = false;
  std::uint64_t latest_ = 0;  // the last one taken
  std::uint64_t stale_ = 0;   // up to here they left before it opened
  std::string why_;
};

}  // namespace fanout
