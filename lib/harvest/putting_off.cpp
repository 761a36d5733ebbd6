#include "harvest/putting_off.h"

#include <fmt/format.h>

#include <map>

#include "base/excerpt.h"

namespace fanout {
namespace {

// Those that come back together are claimed by one commit.
constexpr milliseconds kTogether{250};

// One limit, or one value of it.
using Bound = std::pair<std::size_t, std::string>;

// What is booked for those that a bound holds up.
struct Booking {
  Demand::Part part;
  std::int64_t cost = 0;  // of all of them
  std::int64_t done = 0;  // … of those that have their turn
  FinerLimit::Span span{};
};

class Room {
 public:
  Room(const Limiter& limiter, MonoTime now) : limiter_(limiter), now_(now) {}

  // The part that is held up for too long, if any; else it takes what it needs.
  const Demand::Part* held(const Demand& demand) {
    for (const auto& part : demand.parts) {
      if (!fits(part)) return &part;
    }
    for (const auto& part : demand.parts) left_[{part.limit, part.value}] -= part.cost;
    return nullptr;
  }

 private:
  bool fits(const Demand::Part& part) {
    const auto& limit = limiter_.finer().at(part.limit);
    const auto [known, first] = left_.try_emplace({part.limit, part.value}, 0);
    if (!first) return known->second >= part.cost;
    const auto horizon = now_ + kWorthWaitingFor;
    known->second = limit.room(part.value, now_, horizon);
    // The first of them goes when its time comes, also where it costs more than a second allows.
    const auto next = limit.next(part, now_);
    return next <= horizon || next == MonoTime::max();
  }

  const Limiter& limiter_;
  MonoTime now_;
  std::map<Bound, std::int64_t> left_;
};

std::string why_held(const FinerLimit& limit, const std::string& value) {
  return value.empty() ? fmt::format("waits for {}", limit.text())
                       : fmt::format("waits for {}: {}", limit.text(), excerpt(value));
}

MonoTime turn_in(const Booking& booking, MonoTime now) {
  const auto due = booking.span.from + (booking.span.to - booking.span.from) * booking.done / booking.cost;
  return std::max(due - due.time_since_epoch() % kTogether, now);
}

}  // namespace

std::vector<PutOff> put_off(WaitingTasks& waiting, Limiter& limiter, MonoTime now) {
  std::vector<PutOff> put_off;
  if (limiter.finer().empty() || waiting.count() == 0) return put_off;
  Room room(limiter, now);
  std::vector<Demand::Part> held;  // by which each of those that are taken
  auto taken = waiting.take_if([&](const Demand& demand) {
    const auto* part = room.held(demand);
    if (part != nullptr) held.push_back(*part);
    return part != nullptr;
  });
  std::map<Bound, Booking> bookings;
  for (const auto& part : held) {
    auto& booking = bookings[{part.limit, part.value}];
    booking.part = part;
    booking.cost += part.cost;
  }
  for (auto& [bound, booking] : bookings)
    booking.span = limiter.book(booking.part, booking.cost, now + kWorthWaitingFor);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    auto& booking = bookings.at({held[i].limit, held[i].value});
    put_off.push_back({std::move(taken[i]), turn_in(booking, now),
                       why_held(limiter.finer().at(held[i].limit), held[i].value)});
    booking.done += held[i].cost;
  }
  return put_off;
}

}  // namespace fanout
