// The vendor's limits, counted exactly: every stretch of a window's length, wherever it begins, and the
// requests in flight. It shares nothing with the daemon's limiter on purpose: it is the witness. Owned by the
// Judge, used on the one thread, told the time, never fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "quantities.h"

namespace fanout_vendor {

// The arrivals of the last `window`: those at t count until just before t + window.
class SlidingWindow {
 public:
  SlidingWindow(Rate rate, bool refused_count);

  // Counts an arrival. Returns how long it is until there is room for one more when this arrival is above
  // the limit, else zero.
  Duration arrive(Instant now);
  // Tells that the arrival was let in by all windows; without refused_count only these take room.
  void admit(Instant now);

  const Rate& rate() const { return rate_; }
  std::size_t max_seen() const { return max_seen_; }

 private:
  void forget(std::deque<Instant>& times, Instant now) const;

  Rate rate_;
  bool refused_count_;
  std::deque<Instant> arrivals_;
  std::deque<Instant> admitted_;
  std::size_t max_seen_ = 0;
};

class Limits;

// One request in flight, for as long as this lives.
class InFlight {
 public:
  explicit InFlight(Limits& limits);
  ~InFlight();
  InFlight(InFlight&& other) noexcept : limits_(std::exchange(other.limits_, nullptr)) {}
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  InFlight& operator=(InFlight&&) = delete;

 private:
  Limits* limits_;
};

class Limits {
 public:
  Limits(const std::vector<Rate>& rates, std::optional<std::uint64_t> concurrency, bool refused_count);

  // Counts an arrival in every window; its own InFlight is made before. Nothing when it may come in, else how
  // long the client should wait (zero when only the concurrency is exceeded: nobody can tell) .
  std::optional<Duration> arrive(Instant now);
  // The length of the longest window that refused the last arrival.
  Duration refusing_window() const { return refusing_window_; }

  const std::vector<SlidingWindow>& windows() const { return windows_; }
  std::optional<std::uint64_t> concurrency() const { return concurrency_; }
  std::size_t in_flight() const { return in_flight_; }
  std::size_t max_in_flight() const { return max_in_flight_; }

 private:
  friend class InFlight;

  std::vector<SlidingWindow> windows_;
  std::optional<std::uint64_t> concurrency_;
  Duration refusing_window_{};
  std::size_t in_flight_ = 0;
  std::size_t max_in_flight_ = 0;
};

}  // namespace fanout_vendor
