#include "harvest/putting_off.h"

#include <map>
#include <optional>

namespace fanout {
namespace {

// Those that come back together are claimed by one commit.
constexpr milliseconds kTogether{250};

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

  void take(const Demand::Part& part) { left_[{part.limit, bounds_.owner(part)}] -= part.cost; }
  bool fits(const Demand::Part& part) {
    const auto [known, first] = left_.try_emplace({part.limit, bounds_.owner(part)}, 0);
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
  std::map<std::pair<std::size_t, std::string>, std::int64_t> left_;
};

MonoTime turn_in(const Booking& booking, MonoTime now) {
  const auto due = booking.span.from + (booking.span.to - booking.span.from) * booking.done / booking.cost;
  return std::max(due - due.time_since_epoch() % kTogether, now);
}

}  // namespace

std::vector<PutOff> put_off(WaitingTasks& waiting, Bookings& bookings, const Limiter& limiter, MonoTime now) {
  std::vector<PutOff> put_off;
  const PartBounds& bounds = limiter.parts();
  if (!bounds.tell_apart() || waiting.count() == 0) return put_off;
  Room room(bounds, limiter.breaker_open(), now);
  std::vector<Demand::Part> held;  // by which each of those that are taken
  auto taken = waiting.take_if([&](const Demand& demand) {
    const auto part = room.held(demand);
    if (part) held.push_back(*part);
    return part.has_value();
  });
  if (taken.empty()) return put_off;
  const auto bound = [&](std::size_t i) {
    return Bound{held[i].limit, bounds.owner(held[i]), taken[i].task.run};
  };
  std::map<Bound, Booking> booked;
  for (std::size_t i = 0; i < taken.size(); ++i) booked[bound(i)].cost += held[i].cost;
  bookings.forget_until(now);
  for (auto& [of, booking] : booked)
    booking.span = bookings.book(bounds, of, booking.cost, now + kWorthWaitingFor, now);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    auto& booking = booked.at(bound(i));
    put_off.push_back({std::move(taken[i]), turn_in(booking, now), "waits for " + bounds.text(held[i])});
    booking.done += held[i].cost;
  }
  return put_off;
}

}  // namespace fanout
