#include "harvest/putting_off.h"

#include <map>
#include <optional>

namespace fanout {
namespace {

// Those that come back together are claimed by one commit.
constexpr milliseconds kTogether{250};

// One limit, one value of it, or the budget for retries.
using Bound = std::pair<std::size_t, std::string>;

// What is booked for those that a bound holds up.
struct Booking {
  std::int64_t cost = 0;  // of all of them
  std::int64_t done = 0;  // … of those that have their turn
  Span span{};
};

class Room {
 public:
  // Probes are no retries.
  Room(const PartBounds& bounds, bool probes, MonoTime now) : bounds_(bounds), probes_(probes), now_(now) {}

  // The part that is held up for too long, if any; else it takes what it needs.
  std::optional<Demand::Part> held(const Demand& demand) {
    const bool retry = demand.retry && !probes_;
    if (retry && !fits(kRetry)) return kRetry;
    for (const auto& part : demand.parts) {
      if (!fits(part)) return part;
    }
    if (retry) take(kRetry);
    for (const auto& part : demand.parts) take(part);
    return std::nullopt;
  }

 private:
  static inline const Demand::Part kRetry{Demand::kRetries};

  void take(const Demand::Part& part) { left_[{part.limit, part.value}] -= part.cost; }
  bool fits(const Demand::Part& part) {
    const auto [known, first] = left_.try_emplace({part.limit, part.value}, 0);
    if (!first) return known->second >= part.cost;
    const auto horizon = now_ + kWorthWaitingFor;
    known->second = bounds_.room(part, now_, horizon);
    // The first of them goes when its time comes, also where it costs more than a second allows.
    const auto next = bounds_.next(part, now_);
    return next <= horizon || next == MonoTime::max();
  }

  const PartBounds& bounds_;
  bool probes_;
  MonoTime now_;
  std::map<Bound, std::int64_t> left_;
};

MonoTime turn_in(const Booking& booking, MonoTime now) {
  const auto due = booking.span.from + (booking.span.to - booking.span.from) * booking.done / booking.cost;
  return std::max(due - due.time_since_epoch() % kTogether, now);
}

}  // namespace

std::vector<PutOff> put_off(WaitingTasks& waiting, Limiter& limiter, MonoTime now) {
  std::vector<PutOff> put_off;
  PartBounds& bounds = limiter.parts();
  if (!bounds.tell_apart() || waiting.count() == 0) return put_off;
  Room room(bounds, limiter.breaker_open(), now);
  std::vector<Demand::Part> held;  // by which each of those that are taken
  auto taken = waiting.take_if([&](const Demand& demand) {
    const auto part = room.held(demand);
    if (part) held.push_back(*part);
    return part.has_value();
  });
  std::map<Bound, Booking> bookings;
  for (const auto& part : held) bookings[{part.limit, part.value}].cost += part.cost;
  for (auto& [bound, booking] : bookings)
    booking.span = bounds.book({bound.first, 1, bound.second}, booking.cost, now + kWorthWaitingFor);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    auto& booking = bookings.at({held[i].limit, held[i].value});
    put_off.push_back({std::move(taken[i]), turn_in(booking, now), "waits for " + bounds.text(held[i])});
    booking.done += held[i].cost;
  }
  return put_off;
}

}  // namespace fanout
