#include "limit/limiter.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"

namespace fanout {
namespace {

constexpr milliseconds kWorthSaying{2000};  // a shorter wait is no reason for anybody to ask why

constexpr milliseconds kJust = std::chrono::minutes(1);

constexpr milliseconds kHistory = std::chrono::hours(24);
constexpr milliseconds kFirstHold{1000};
constexpr milliseconds kLongestOwnHold = std::chrono::minutes(5);
constexpr milliseconds kLongestHold = std::chrono::hours(24 * 30);
// A hold is a repeated one when it comes within so many times the last one's length of its end; so at most
// one part in about so many of the time is lost to a limit that nobody told us.
constexpr int kRepeatedWithin = 10;

}  // namespace

Limiter::Limiter(Limits limits, MonoTime now) : history_(kHistory, std::numeric_limits<std::int64_t>::max()) {
  reconfigure(std::move(limits), now);
}

void Limiter::reconfigure(Limits limits, MonoTime now) {
  std::vector<Lane> lanes;
  for (const Rate& rate : limits.rates) {
    FANOUT_INVARIANT(rate.limit > 0 && rate.window.count() > 0);
    if (Lane* lane = lane_of(rate.window)) {
      lanes.push_back(*lane);
      lanes.back().window.change_limit(rate.limit);
      lanes.back().pace.change(rate, limits.burst, now);
    } else {
      lanes.push_back({window_from_history(rate, now), Pace(rate, limits.burst, now)});
    }
  }
  limits_ = std::move(limits);
  lanes_ = std::move(lanes);
}

Limiter::Lane* Limiter::lane_of(milliseconds window) {
  for (Lane& lane : lanes_) {
    if (lane.window.rate().window == window) return &lane;
  }
  return nullptr;
}

Window Limiter::window_from_history(const Rate& rate, MonoTime now) const {
  Window window(rate);
  for (const auto& bucket : history_.buckets()) {
    if (bucket.latest + rate.window > now) window.arrived(bucket.latest, bucket.count);
  }
  for (const auto& [number, sent] : in_flight_) window.on_its_way(sent, now);
  return window;
}

void Limiter::reset(MonoTime) {
  breaker_.reset();
  hold_.reset();
  told_at_.reset();
  own_hold_ = milliseconds(0);
}

std::string Limiter::why(MonoTime now) const {
  auto why = breaker_.why();
  if (hold_ && *hold_ > now) {
    if (!why.empty()) why += "; ";
    why += "on hold, because the vendor said that it is asked too much";
  }
  for (const Lane& lane : lanes_) {
    if (lane.window.rate().window <= Pace::kLongestEven) continue;  // over in a moment
    const auto free = lane.window.next(now);
    if (!why.empty() || free == MonoTime::max() || free <= now + kWorthSaying) continue;
    why = fmt::format("the rate {} is used up", format_rate(lane.window.rate()));
  }
  return why;
}

bool Limiter::well(MonoTime now) const {
  return breaker_.well() && good_reply_ && now - *good_reply_ <= kJust;
}

int Limiter::most_in_flight() const { return std::max(std::min(limits_.concurrency, breaker_.cap()), 1); }

MonoTime Limiter::next(MonoTime now) const {
  // A probe tests the vendor, so what still hangs from before it broke down does not count against the cap.
  const int most = breaker_.open() ? limits_.concurrency : most_in_flight();
  if (in_flight_.size() >= static_cast<std::size_t>(most)) return MonoTime::max();
  MonoTime next = now;
  if (breaker_.open()) next = std::max(next, breaker_.next());
  if (hold_) next = std::max(next, *hold_);
  for (const Lane& lane : lanes_) next = std::max({next, lane.pace.next(), lane.window.next(now)});
  return next;
}

std::int64_t Limiter::may_leave(MonoTime now, MonoTime until) const {
  auto room = std::numeric_limits<std::int64_t>::max();
  if (until < now) return 0;
  for (const Lane& lane : lanes_) {
    room = std::min({room, lane.pace.room(now, until), lane.window.room(now, until)});
  }
  return room;
}

int Limiter::room(MonoTime now, MonoTime until) const {
  if (hold_ && *hold_ > until) return 0;
  if (breaker_.open() && breaker_.next() > until) return 0;
  const std::int64_t most = breaker_.open() ? 1 : std::numeric_limits<int>::max();
  return static_cast<int>(std::min(most, may_leave(now, until)));
}

Limiter::Ticket Limiter::take(MonoTime now) {
  FANOUT_INVARIANT(next(now) <= now);
  const Ticket ticket{++latest_, now};
  in_flight_.emplace(ticket.number, std::nullopt);
  breaker_.taken(ticket.number);
  for (Lane& lane : lanes_) {
    lane.window.taken(now);
    lane.pace.taken(now);
  }
  return ticket;
}

void Limiter::sent(const Ticket& ticket, MonoTime now) {
  const auto found = in_flight_.find(ticket.number);
  if (found == in_flight_.end()) return;
  FANOUT_INVARIANT(!found->second);  // a request that is sent again takes another ticket
  found->second = now;
  for (Lane& lane : lanes_) lane.window.sent(now);
}

void Limiter::ended(const Ticket& ticket, const Ending& ending, MonoTime now) {
  if (const auto found = in_flight_.find(ticket.number); found != in_flight_.end()) {
    for (Lane& lane : lanes_) lane.window.finished(found->second, now);
    in_flight_.erase(found);
    history_.forget(now);
    history_.add(now);
    breaker_.finished(ticket.number, ending.evidence, now, ending.reason);
    if (ending.evidence == Evidence::alive) {
      good_reply_ = now;
      served_ = std::max(served_.value_or(ticket.taken), ticket.taken);
    }
  }
  if (ending.asked_too_much) begin_hold(ticket, now, ending.hold);
  if (ending.refuses_us) breaker_.trip(now, ending.reason);
}

void Limiter::begin_hold(const Ticket& ticket, MonoTime now, std::optional<milliseconds> asked) {
  auto length = std::min(asked.value_or(milliseconds(0)), kLongestHold);
  if (length <= milliseconds(0)) {
    // The replies to requests that were in flight together are one occasion.
    const bool same_occasion = told_at_ && ticket.taken <= *told_at_ && own_hold_ > milliseconds(0);
    const bool repeated = hold_ && ticket.taken < *hold_ + own_hold_ * kRepeatedWithin;
    if (!same_occasion) {
      own_hold_ = repeated ? std::clamp(own_hold_ * 2, kFirstHold, kLongestOwnHold) : kFirstHold;
    }
    length = own_hold_;
  }
  told_at_ = now;
  hold_ = std::max(hold_.value_or(MonoTime::min()), now + length);
}

}  // namespace fanout
