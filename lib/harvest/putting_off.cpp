#include "harvest/putting_off.h"

#include <algorithm>
#include <map>
#include <optional>

namespace fanout {
namespace {

// Those that come back together are claimed by one commit.
constexpr milliseconds kTogether{250};

// So many turns of one bound are booked at a time, at the most; what lies between a few is even.
constexpr std::size_t kMostPieces = 128;

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

// A little before it may leave, so that it is here when it may.
MonoTime due_for(MonoTime turn, MonoTime now) {
  const auto due = turn - kTogether;
  return std::max(due - due.time_since_epoch() % kTogether, now);
}

// Those that one bound holds up, by their places in `taken`, piece by piece: a quota goes on in jumps.
template <typename CostOf, typename Put>
void book(Bookings& bookings, const PartBounds& bounds, const Bound& bound,
          const std::vector<std::size_t>& places, MonoTime now, CostOf cost_of, Put put) {
  const std::size_t piece = 1 + places.size() / kMostPieces;
  for (std::size_t first = 0; first < places.size(); first += piece) {
    const auto last = std::min(first + piece, places.size());
    std::int64_t cost = 0, done = 0;
    for (auto i = first; i < last; ++i) cost += cost_of(places[i]);
    const auto span = bookings.book(bounds, bound, cost, now + kWorthWaitingFor, now);
    for (auto i = first; i < last; ++i) {
      done += cost_of(places[i]);
      put(places[i], span.from + (span.to - span.from) * done / cost);
    }
  }
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
  std::map<Bound, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < taken.size(); ++i) places[bound(i)].push_back(i);
  bookings.forget_until(now);
  std::vector<MonoTime> turns(taken.size());
  for (const auto& [of, those] : places)
    book(
        bookings, bounds, of, those, now, [&](std::size_t i) { return held[i].cost; },
        [&](std::size_t i, MonoTime turn) { turns[i] = turn; });
  for (std::size_t i = 0; i < taken.size(); ++i)
    put_off.push_back({std::move(taken[i]), due_for(turns[i], now), "waits for " + bounds.text(held[i])});
  return put_off;
}

}  // namespace fanout
