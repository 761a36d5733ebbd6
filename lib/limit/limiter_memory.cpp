// How the limiter's state outlives the process.
#include <algorithm>
#include <utility>

#include "base/error.h"
#include "limit/limiter.h"
#include "limit/limiter_state.h"

namespace fanout {
namespace {

// After a boot at least the time since it has passed, on this machine. The database may have been moved to
// another one, whose boot says nothing: if the wall clock knows of less, less it is.
microseconds time_since(const SavedLimiter& saved, const Moment& now) {
  if (saved.boot == now.boot) return now.mono - saved.at;
  const auto since_boot = now.mono.time_since_epoch();
  return saved.wall ? std::min<microseconds>(since_boot, now.wall - *saved.wall) : since_boot;
}

}  // namespace

std::string Limiter::save(const Moment& now, MonoTime valid_until) const {
  SavedLimiter saved;
  saved.boot = now.boot;
  saved.at = now.mono;
  saved.wall = now.wall;
  // By then the breaker may have closed and the hold may have been forgotten, so neither counts here. The one
  // more, or the last one's cost, is for whoever looks at the clock twice on its way out.
  // Nor does what was told beside rates: a reply may tell of more.
  const auto room =
      rates_.empty() ? told_.room_of_windows(now.mono, valid_until) : rates_.room(now.mono, valid_until);
  const bool own_windows = !rates_.empty() || told_.has_windows();
  const auto leaving =
      !own_windows || valid_until <= now.mono ? 0 : room + std::max(limits_.largest_cost, largest_);
  saved.on_their_way = leaving + flight_.cost();
  if (hold_.until()) saved.hold = std::chrono::ceil<milliseconds>(*hold_.until() - now.mono);
  saved.own_hold = hold_.own_length();
  if (const auto& orphans = flight_.orphans(); orphans.until > now.mono) {
    saved.orphans = orphans.count;
    saved.orphans_for = std::chrono::ceil<milliseconds>(orphans.until - now.mono);
  }
  saved.breaker = breaker_.state(now.mono, valid_until);
  rates_.save(saved, leaving, now.mono);
  told_.save(saved, leaving, flight_.cost(), now.mono);
  saved.finer = parts_.save(now.mono, valid_until);
  if (adaptive_) saved.adaptive = adaptive_->state(now.mono);
  return write_limiter(saved);
}

void Limiter::restore(std::string_view state, const Moment& now) {
  FANOUT_INVARIANT(flight_.count() == 0);
  if (state.empty() || state == "{}") return;  // a row that was made for another reason
  if (const auto saved = read_limiter(state)) {
    restore(*saved, now);
  } else {
    rates_.assume_full_pace(limits_.concurrency, now.mono);
    parts_.assume_full_pace(now.mono);
  }
}

void Limiter::restore(const SavedLimiter& saved, const Moment& now) {
  const auto then = now.mono - std::max(time_since(saved, now), microseconds(0));
  if (!saved.lanes.empty()) left_behind_ = saved.on_their_way;
  rates_.restore(saved, then, now.mono);
  told_.restore(saved, then, now.mono);
  parts_.restore(saved.finer, then, now.mono);
  if (adaptive_ && saved.adaptive) adaptive_->restore(*saved.adaptive, now.mono);
  hold_.restore(saved.hold ? std::optional(then + *saved.hold) : std::nullopt, saved.own_hold);
  if (saved.orphans > 0) add_orphans(saved.orphans, then + saved.orphans_for);
  auto breaker = saved.breaker;
  if (breaker.until_probe) {
    *breaker.until_probe -= std::chrono::floor<milliseconds>(now.mono - then);
    *breaker.until_probe = std::max(*breaker.until_probe, milliseconds(0));
  }
  breaker_.restore(std::move(breaker), now.mono);
}

void Limiter::orphaned(int count, MonoTime until) {
  const auto left = std::min<std::int64_t>(count, left_behind_.value_or(count));
  if (left_behind_) *left_behind_ -= left;
  add_orphans(static_cast<int>(left), until);
}

void Limiter::add_orphans(int count, MonoTime until) {
  const auto most = std::max(limits_.concurrency - flight_.orphans().count, 0);
  flight_.add_orphans(std::min(count, most), until);
  parts_.orphaned(count, until);
}

}  // namespace fanout
