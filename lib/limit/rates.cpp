#include "limit/rates.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"
#include "limit/limiter_state.h"

namespace fanout {
namespace {

constexpr milliseconds kHistory = std::chrono::hours(24);
// What was in flight at a crash reaches the vendor at most so much later, for windows that are added after
// it; the others have their own grace.
constexpr milliseconds kOnItsWay{5000};
constexpr std::int64_t kParts = 128;

}  // namespace

Rates::Rates() : history_(kHistory, std::numeric_limits<std::int64_t>::max()) {}

void Rates::configure(const std::vector<Rate>& rates, int burst, microseconds jitter, const Flight& flight,
                      MonoTime now) {
  std::vector<Lane> lanes;
  for (const Rate& rate : rates) {
    FANOUT_INVARIANT(rate.limit > 0 && rate.window.count() > 0);
    if (Lane* lane = lane_of(rate.window)) {
      lanes.push_back(*lane);
      lanes.back().window.change_limit(rate.limit);
      lanes.back().pace.change(rate, burst, now);
    } else {
      lanes.push_back({window_from_history(rate, flight, now), Pace(rate, burst, now)});
    }
  }
  lanes_ = std::move(lanes);
  most_jitter_ = jitter;
  allow_for_the_way();
}

Lane* Rates::lane_of(milliseconds window) {
  for (Lane& lane : lanes_) {
    if (lane.window.rate().window == window) return &lane;
  }
  return nullptr;
}

Window Rates::window_from_history(const Rate& rate, const Flight& flight, MonoTime now) const {
  Window window(rate);
  for (const auto& bucket : history_.buckets()) {
    if (bucket.latest + rate.window > now) window.arrived(bucket.latest, bucket.count);
  }
  for (const auto& [number, request] : flight.requests()) window.on_its_way(request, now);
  return window;
}

void Rates::allow_for_the_way() {
  for (Lane& lane : lanes_) lane.window.allow(jitter());
}

MonoTime Rates::next(MonoTime now, int cost) const {
  MonoTime next = now;
  for (const Lane& lane : lanes_) next = std::max({next, lane.pace.next(), lane.window.next(now, cost)});
  return next;
}

Rate Rates::latest(MonoTime now, int cost) const {
  FANOUT_INVARIANT(!lanes_.empty());
  const auto free = [&](const Lane& lane) { return std::max(lane.pace.next(), lane.window.next(now, cost)); };
  return std::ranges::max_element(lanes_, {}, free)->window.rate();
}

std::int64_t Rates::room(MonoTime now, MonoTime until) const {
  auto room = std::numeric_limits<std::int64_t>::max();
  if (until < now) return 0;
  for (const Lane& lane : lanes_) room = std::min(room, lane.room(now, until));
  return room;
}

std::int64_t Rates::turns_until(MonoTime now, MonoTime at) const {
  auto turns = std::numeric_limits<std::int64_t>::max();
  if (at < now) return 0;
  for (const Lane& lane : lanes_) turns = std::min(turns, lane.turns_until(now, at));
  return turns;
}

std::optional<milliseconds> Rates::time_for(std::int64_t count, MonoTime now) const {
  if (lanes_.empty() || count <= 0) return std::nullopt;
  milliseconds longest{0};
  for (const Lane& lane : lanes_) {
    const auto time = lane.time_for(count, now);
    if (!time) return std::nullopt;
    longest = std::max(longest, *time);
  }
  return longest;
}

std::string Rates::why(MonoTime now) const {
  for (const Lane& lane : lanes_) {
    if (lane.window.rate().window <= Pace::kLongestEven) continue;  // over in a moment
    const auto free = lane.window.next(now);
    if (free != MonoTime::max() && free > now + kWorthSaying)
      return fmt::format("the rate {} is used up", format_rate(lane.window.rate()));
  }
  return {};
}

void Rates::taken(MonoTime now, int cost) {
  for (Lane& lane : lanes_) lane.taken(now, cost);
}

void Rates::sent(MonoTime now, int cost) {
  for (Lane& lane : lanes_) lane.window.sent(now, cost);
}

void Rates::ended(const Flight::Request& request, bool well, MonoTime now) {
  for (Lane& lane : lanes_) {
    lane.window.finished(request, now);
    lane.pace.costs_more(request.more());
  }
  history_.forget(now);
  history_.add(now, request.counts());
  if (!request.sent || !well) return;
  seen_.replied(now - *request.sent);
  allow_for_the_way();
}

void Rates::save(SavedRates& saved, std::int64_t leaving, MonoTime now) const {
  saved.history = entries_of(history_, now);
  save_lanes(saved, leaving, now, kMostEntriesKept);
}

void Rates::save_lanes(SavedRates& saved, std::int64_t leaving, MonoTime now, std::size_t entries) const {
  for (const Lane& lane : lanes_) saved.lanes.push_back(lane.saved(leaving, now, entries));
}

void Rates::restore(const SavedRates& saved, MonoTime then, MonoTime now) {
  for (const auto& entry : saved.history) history_.add(then - entry.age, entry.count);
  history_.add(now + kOnItsWay, saved.on_their_way);
  for (Lane& lane : lanes_) {
    const auto same = std::ranges::find(saved.lanes, lane.window.rate().window, &SavedLimiter::Lane::window);
    lane.restore(same == saved.lanes.end() ? saved.history : same->past, then, now);
    if (same != saved.lanes.end()) lane.pace.set_due(then + same->due, now);
  }
  allow_for_the_way();
  // When the process ended nobody knows, nor when the vendor saw the last that it sent.
  for (Lane& lane : lanes_) lane.window.arrived(now + lane.window.grace(), saved.on_their_way);
}

// The most that the paces can have let through until now: a burst and all in flight at the end, and at the
// pace before, which is a hundred times that of the window where it is a quota.
void Rates::assume_full_pace(int in_flight, MonoTime now) {
  for (Lane& lane : lanes_) {
    const Rate rate = lane.window.rate();
    const auto grace = lane.window.grace();
    lane.window = Window(rate);
    const auto last = std::min(rate.limit, lane.pace.most_at_once() + in_flight);
    const auto even = rate.limit - last;
    const auto part = std::max<std::int64_t>(even / kParts, 1);
    for (auto left = even; left > 0; left -= part) {
      const auto count = std::min(part, left);
      const auto youngest = lane.pace.interval() * (left - count);
      lane.window.arrived(now - youngest, count);
    }
    lane.window.arrived(now + grace, last);
    lane.pace.set_due(MonoTime::max(), now);
  }
  allow_for_the_way();
}

}  // namespace fanout
