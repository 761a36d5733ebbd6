#include "limit/told.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "limit/limiter_state.h"

namespace fanout {
namespace {

constexpr milliseconds kForgotten = std::chrono::hours(24);
constexpr milliseconds kShortestTold{10};
constexpr milliseconds kLongestTold = std::chrono::hours(24);
constexpr double kMostAllowed = 1e9;         // a limit above is none
constexpr milliseconds kWorthKeeping{1000};  // a commit
constexpr std::int64_t kPlenty = 1'000'000'000'000;
constexpr std::size_t kEntriesOfALane = 32;

const ToldLimit* find(const ToldLimits& told, const std::string& name) {
  const auto found = std::ranges::find(told.limits, name, &ToldLimit::name);
  return found == told.limits.end() ? nullptr : &*found;
}

// Half a request a second is one in two.
std::optional<Rate> rate_of(const ToldLimit& limit) {
  if (!limit.of_requests || !limit.limit || !limit.window) return std::nullopt;
  if (!(*limit.limit > 0) || *limit.limit > kMostAllowed) return std::nullopt;
  Rate rate{std::llround(std::floor(*limit.limit)), *limit.window};
  if (rate.limit == 0) {
    const auto window = std::ceil(static_cast<double>(limit.window->count()) / *limit.limit);
    if (window > static_cast<double>(kLongestTold.count())) return Rate{1, kLongestTold};
    rate = {1, milliseconds(std::llround(window))};
  }
  return rate.window < kShortestTold || rate.window > kLongestTold ? std::nullopt : std::optional(rate);
}

bool is_looser(const Rate& a, const Rate& than) {
  return static_cast<double>(a.limit) * static_cast<double>(than.window.count()) >
         static_cast<double>(than.limit) * static_cast<double>(a.window.count());
}

}  // namespace

void Told::ended(const Ended& ended, const Rates& rates, const Flight& flight, MonoTime now) {
  refused_again_ = ended.refused && refused_at_ && ended.taken >= *refused_at_;
  if (ended.refused) {
    refused_at_ = now;
  } else if (ended.well) {
    refused_at_.reset();
  }
  for (auto& entry : entries_) count(entry, ended, find(ended.told, entry.name), now);
  for (const auto& limit : ended.told.limits) {
    auto& entry = entry_of(limit.name, now);
    hear(entry, limit, ended, now);
    change_lane(entry, limit, ended.refused, rates, flight, now);
  }
  for (auto& entry : entries_) {
    if (entry.lane) entry.lane->window.allow(rates.jitter());
  }
  forget_old(now);
}

// What the request was to a limit that is known already.
void Told::count(Entry& entry, const Ended& ended, const ToldLimit* limit, MonoTime now) {
  const bool tells_of_others = limit == nullptr && !ended.told.limits.empty();
  if (tells_of_others) entry.several = true;
  if (ended.flown && entry.lane) {
    if (tells_of_others)
      entry.lane->window.elsewhere(*ended.flown, now);
    else
      entry.lane->window.finished(*ended.flown, now);
  }
  if (tells_of_others || (limit != nullptr && limit->remaining)) return;
  entry.allowance.untold(now);
  if (ended.refused) entry.allowance.refused();
}

void Told::hear(Entry& entry, const ToldLimit& limit, const Ended& ended, MonoTime now) {
  entry.heard = now;
  if (!limit.remaining) return;
  Allowance::Word word;
  word.remaining = limit.of_requests || *limit.remaining == 0 ? *limit.remaining : kPlenty;
  word.reset_in = limit.reset_in;
  word.window = limit.window;
  word.well = ended.well;
  word.refused = ended.refused;
  word.of_one = limit.limit && *limit.limit <= 1;
  // Retry-After goes before the reset (as the draft has it), until it turns out to be too short.
  if (const auto asked = ended.told.retry_after; ended.refused && asked)
    word.reset_in = refused_again_ && word.reset_in ? std::max(*asked, *word.reset_in) : *asked;
  entry.allowance.told(word, ended.taken, now);
}

void Told::change_lane(Entry& entry, const ToldLimit& limit, bool refused, const Rates& rates,
                       const Flight& flight, MonoTime now) {
  const auto rate = rate_of(limit);
  if (!rate || (entry.lane && entry.lane->window.rate() == *rate)) return;
  if (entry.lane && refused && is_looser(*rate, entry.lane->window.rate())) return;
  if (entry.lane && entry.lane->window.rate().window == rate->window) {
    entry.lane->window.change_limit(rate->limit);
    entry.lane->pace.change(*rate, 1, now);
  } else {
    entry.lane = Lane{rates.window_from_history(*rate, flight, now), Pace(*rate, 1, now)};
  }
}

Told::Entry& Told::entry_of(const std::string& name, MonoTime now) {
  const auto found = std::ranges::find(entries_, name, &Entry::name);
  if (found != entries_.end()) return *found;
  if (entries_.size() >= kMost) entries_.erase(std::ranges::min_element(entries_, {}, &Entry::heard));
  entries_.push_back({name, now, {}, {}, false});
  return entries_.back();
}

void Told::forget_old(MonoTime now) {
  std::erase_if(entries_, [now](const Entry& entry) { return now - entry.heard > kForgotten; });
}

void Told::taken(MonoTime now, int cost) {
  for (auto& entry : entries_) {
    if (entry.lane) entry.lane->taken(now, cost);
  }
}

void Told::sent(MonoTime now, int cost) {
  for (auto& entry : entries_) {
    if (entry.lane) entry.lane->window.sent(now, cost);
  }
}

MonoTime Told::next(MonoTime now, std::int64_t in_flight, int cost) const {
  MonoTime next = now;
  // With nothing in flight it goes, also if it costs more than remains: nobody else would change that.
  const auto beside = in_flight == 0 ? 0 : in_flight + cost - 1;
  for (const auto& entry : entries_) {
    next = std::max(next, entry.allowance.next(now, beside));
    if (!entry.lane) continue;
    next = std::max(next, entry.lane->window.next(now, cost));
    if (!entry.several) next = std::max(next, entry.lane->pace.next());
  }
  return next;
}

std::int64_t Told::room(MonoTime now, MonoTime until, std::int64_t in_flight) const {
  auto room = room_of_windows(now, until);
  for (const auto& entry : entries_) room = std::min(room, entry.allowance.room(until, in_flight));
  return room;
}

std::int64_t Told::room_of_windows(MonoTime now, MonoTime until) const {
  auto room = std::numeric_limits<std::int64_t>::max();
  for (const auto& entry : entries_) {
    if (!entry.lane) continue;
    room = std::min(room, entry.lane->window.room(now, until));
    if (!entry.several) room = std::min(room, entry.lane->pace.room(now, until));
  }
  return room;
}

bool Told::has_windows() const {
  return std::ranges::any_of(entries_, [](const Entry& entry) { return entry.lane.has_value(); });
}

std::string Told::why(MonoTime now) const {
  for (const auto& entry : entries_) {
    if (const auto until = entry.allowance.empty_until(now); until && *until > now + kWorthSaying)
      return fmt::format("the vendor said that nothing remains of its limit {}", entry.name);
    if (!entry.lane || entry.lane->window.rate().window <= Pace::kLongestEven) continue;
    const auto free = entry.lane->window.next(now);
    if (free != MonoTime::max() && free > now + kWorthSaying)
      return fmt::format("the vendor told of a limit of {} ({}), and it is used up",
                         format_rate(entry.lane->window.rate()), entry.name);
  }
  return {};
}

std::optional<MonoTime> Told::empty_until(MonoTime now) const {
  std::optional<MonoTime> latest;
  for (const auto& entry : entries_) {
    const auto until = entry.allowance.empty_until(now);
    if (until && *until > now + kWorthKeeping) latest = std::max(latest.value_or(*until), *until);
  }
  return latest;
}

void Told::save(SavedLimiter& saved, std::int64_t leaving, std::int64_t in_flight, MonoTime now) const {
  for (const auto& entry : entries_) {
    SavedLimiter::Told told;
    told.name = entry.name;
    told.heard_ago = std::chrono::floor<milliseconds>(now - entry.heard);
    told.allowance = entry.allowance.state(now, in_flight);
    told.several = entry.several;
    if (entry.lane) {
      told.limit = entry.lane->window.rate().limit;
      told.on_their_way = std::min(leaving, told.limit) + in_flight;
      told.lane = entry.lane->saved(leaving, now, kEntriesOfALane);
    }
    saved.told.push_back(std::move(told));
  }
}

void Told::restore(const SavedLimiter& saved, MonoTime then, MonoTime now) {
  for (const auto& told : saved.told) {
    if (entries_.size() >= kMost) return;
    Entry entry{told.name, then - told.heard_ago, {}, {}, told.several};
    entry.allowance.restore(told.allowance, then, now);
    if (told.limit > 0) {
      const Rate rate{told.limit, told.lane.window};
      entry.lane = Lane{Window(rate), Pace(rate, 1, now)};
      entry.lane->restore(told.lane.past, then, now);
      entry.lane->window.arrived(now + entry.lane->window.grace(), told.on_their_way);
      entry.lane->pace.set_due(then + told.lane.due, now);
    }
    entries_.push_back(std::move(entry));
  }
  forget_old(now);
}

}  // namespace fanout
