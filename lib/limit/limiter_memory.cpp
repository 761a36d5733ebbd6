// How the limiter's state outlives the process.
#include <algorithm>
#include <utility>

#include "base/error.h"
#include "limit/limiter.h"
#include "limit/limiter_state.h"

namespace fanout {
namespace {

// What was in flight at a crash reaches the vendor at most so much later, for windows that are added after
// it; the others have their own grace.
constexpr milliseconds kOnItsWay{5000};
constexpr std::int64_t kParts = 128;

}  // namespace

std::string Limiter::save(const Moment& now, MonoTime valid_until) const {
  SavedLimiter saved;
  saved.boot = now.boot;
  saved.at = now.mono;
  // By then the breaker may have closed and the hold may have been forgotten, so neither counts here. The one
  // more is for whoever looks at the clock twice on its way out.
  const auto leaving = lanes_.empty() || valid_until <= now.mono ? 0 : may_leave(now.mono, valid_until) + 1;
  saved.on_their_way = leaving + static_cast<std::int64_t>(in_flight_.size());
  if (hold_) saved.hold = std::chrono::ceil<milliseconds>(*hold_ - now.mono);
  saved.own_hold = own_hold_;
  saved.breaker = breaker_.state(now.mono, valid_until);
  saved.history = entries_of(history_, now.mono);
  for (const Lane& lane : lanes_) {
    const auto due = lane.pace.due_after(leaving, now.mono) - now.mono;
    saved.lanes.push_back({lane.window.rate().window, std::chrono::ceil<milliseconds>(due),
                           entries_of(lane.window.arrivals(), now.mono)});
  }
  return write_limiter(saved);
}

void Limiter::restore(std::string_view state, const Moment& now) {
  FANOUT_INVARIANT(in_flight_.empty());
  if (state.empty() || state == "{}") return;  // a row that was made for another reason
  if (const auto saved = read_limiter(state)) {
    restore(*saved, now);
  } else {
    assume_full_pace(now.mono);
  }
}

void Limiter::restore(const SavedLimiter& saved, const Moment& now) {
  // After a boot at least the time since it has passed; how much more, only the wall clock would know.
  const auto since = saved.boot == now.boot ? now.mono - saved.at : now.mono.time_since_epoch();
  const auto then = now.mono - std::max(since, microseconds(0));

  for (const auto& entry : saved.history) history_.add(then - entry.age, entry.count);
  history_.add(now.mono + kOnItsWay, saved.on_their_way);
  for (Lane& lane : lanes_) {
    const Rate rate = lane.window.rate();
    const auto same = std::ranges::find(saved.lanes, rate.window, &SavedLimiter::Lane::window);
    lane.window = Window(rate);
    for (const auto& entry : same == saved.lanes.end() ? saved.history : same->past) {
      if (then - entry.age + rate.window > now.mono) lane.window.arrived(then - entry.age, entry.count);
    }
    // When the process ended nobody knows, nor when the vendor saw the last that it sent.
    lane.window.arrived(now.mono + lane.window.grace(), saved.on_their_way);
    if (same != saved.lanes.end()) lane.pace.set_due(then + same->due, now.mono);
  }
  if (saved.hold) hold_ = then + *saved.hold;
  own_hold_ = saved.own_hold;
  auto breaker = saved.breaker;
  if (breaker.until_probe) {
    *breaker.until_probe -= std::chrono::floor<milliseconds>(now.mono - then);
    *breaker.until_probe = std::max(*breaker.until_probe, milliseconds(0));
  }
  breaker_.restore(std::move(breaker), now.mono);
}

// The most that the paces can have let through until now: a burst and all in flight at the end, and at the
// pace before, which is a hundred times that of the window where it is a quota.
void Limiter::assume_full_pace(MonoTime now) {
  for (Lane& lane : lanes_) {
    const Rate rate = lane.window.rate();
    lane.window = Window(rate);
    const auto last = std::min(rate.limit, lane.pace.most_at_once() + limits_.concurrency);
    const auto even = rate.limit - last;
    const auto part = std::max<std::int64_t>(even / kParts, 1);
    for (auto left = even; left > 0; left -= part) {
      const auto count = std::min(part, left);
      const auto youngest = lane.pace.interval() * (left - count);
      lane.window.arrived(now - youngest, count);
    }
    lane.window.arrived(now + lane.window.grace(), last);
    lane.pace.set_due(MonoTime::max(), now);
  }
}

}  // namespace fanout
