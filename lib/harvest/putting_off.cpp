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

// Those that one bound holds up, by their places in `taken`; where they are many, in pieces that are even.
template <typename CostOf, typename Put>
void book(Bookings& bookings, const PartBounds& bounds, const Bound& bound, const std::string& why,
          const std::vector<std::size_t>& places, MonoTime now, CostOf cost_of, Put put) {
  const std::size_t piece = 1 + places.size() / kMostPieces;
  std::vector<std::int64_t> costs;
  std::int64_t dearest = 1;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i % piece == 0) costs.push_back(0);
    costs.back() += cost_of(places[i]);
    dearest = std::max<std::int64_t>(dearest, cost_of(places[i]));
  }
  const auto from = now + kWorthWaitingFor;
  const auto ends = bookings.book(bounds, bound, why, costs, dearest, from, now);
  std::int64_t done = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto which = i / piece;
    const auto begins = which == 0 ? std::min(from, ends[0]) : ends[which - 1];
    done = (i % piece == 0 ? 0 : done) + cost_of(places[i]);
    put(places[i], begins + (ends[which] - begins) * done / costs[which]);
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
  const auto why = [&](std::size_t i) { return "waits for " + bounds.text(held[i]); };
  for (const auto& [of, those] : places)
    book(
        bookings, bounds, of, why(those.front()), those, now, [&](std::size_t i) { return held[i].cost; },
        [&](std::size_t i, MonoTime turn) { turns[i] = turn; });
  for (std::size_t i = 0; i < taken.size(); ++i)
    put_off.push_back({std::move(taken[i]), due_for(turns[i], now), why(i)});
  return put_off;
}

std::vector<Call> vacant(const WaitingTasks& waiting, Bookings& bookings, const Limiter& limiter,
                         const std::function<bool(std::int64_t)>& goes, MonoTime now) {
  const PartBounds& bounds = limiter.parts();
  Bookings::Here here;
  waiting.look_at([&](const Demand& demand, int count) {
    if (demand.retry) here[{Demand::kRetries, {}}] += count;
    for (const auto& part : demand.parts)
      here[{part.limit, bounds.owner(part)}] += std::int64_t{part.cost} * count;
  });
  return bookings.vacant(bounds, std::move(here), goes, now);
}

}  // namespace fanout
