#include "harvest/bookings.h"

#include <algorithm>

namespace fanout {
namespace {

constexpr std::size_t kMostTurns = 512;
// Who was called is here by then, or what is foreseen of a limit is looked at anew.
constexpr milliseconds kCallEvery{1000};
constexpr milliseconds kLookEvery{250};
constexpr milliseconds kLookAtRest{60'000};  // where a run does not go
constexpr std::int64_t kMostCalled = 64;

}  // namespace

void Bookings::Line::add(MonoTime at, std::int64_t cost) {
  turns_.push_back({at, cost});
  cost_ += cost;
  if (turns_.size() <= kMostTurns) return;
  std::deque<Turn> joined;
  for (std::size_t i = 0; i + 1 < turns_.size(); i += 2)
    joined.push_back({turns_[i + 1].at, turns_[i].cost + turns_[i + 1].cost});
  if (turns_.size() % 2 == 1) joined.push_back(turns_.back());
  turns_ = std::move(joined);
}

void Bookings::Line::forget_until(MonoTime now) {
  for (; !turns_.empty() && turns_.front().at <= now; turns_.pop_front()) cost_ -= turns_.front().cost;
}

void Bookings::Line::drop(std::int64_t cost) {
  for (; !turns_.empty() && cost > 0;) {
    const auto some = std::min(cost, turns_.front().cost);
    turns_.front().cost -= some;
    cost_ -= some;
    cost -= some;
    if (turns_.front().cost == 0) turns_.pop_front();
  }
}

std::int64_t Bookings::Line::after(MonoTime at) const {
  auto cost = cost_;
  for (auto turn = turns_.begin(); turn != turns_.end() && turn->at <= at; ++turn) cost -= turn->cost;
  return cost;
}

std::vector<MonoTime> Bookings::book(const PartBounds& bounds, const Bound& bound, const std::string& why,
                                     const std::vector<std::int64_t>& costs, std::int64_t dearest,
                                     MonoTime from, MonoTime now) {
  auto& booked = booked_[bound];
  booked.why = why;
  booked.some_wait = true;
  auto& line = booked.line;
  const Demand::Part part{bound.limit, 1, bound.value};
  const auto ahead = bounds.turns_until(part, from, now) + line.after(from);
  // Where turns are not counted. None before the bound lets one go; of slots nobody knows when that is.
  const auto next = bounds.next(part, now);
  const auto begin = std::max({line.end(), from, next == MonoTime::max() ? from : next});
  std::vector<MonoTime> turns;
  std::int64_t all = 0;
  booked.cost = dearest;
  for (const auto cost : costs) {
    all += cost;
    // It does not go back, where turns end with the hours of their limit.
    turns.push_back(std::max(line.end(), bounds.end_of_turns(part, ahead, all, begin, now)));
    line.add(turns.back(), cost);
  }
  next_look_ = std::min<MonoTime>(next_look_, now + kLookEvery);
  return turns;
}

void Bookings::forget_until(MonoTime now) {
  for (auto& [bound, booked] : booked_) booked.line.forget_until(now);
  std::erase_if(booked_,
                [](const auto& entry) { return entry.second.line.empty() && !entry.second.some_wait; });
}

void Bookings::forget_run(std::int64_t run) {
  std::erase_if(booked_, [run](const auto& entry) { return entry.first.run == run; });
  if (booked_.empty()) next_look_ = MonoTime::max();
}

std::vector<Call> Bookings::vacant(const PartBounds& bounds, Here here,
                                   const std::function<bool(std::int64_t)>& goes, MonoTime now) {
  std::vector<Call> calls;
  if (now < next_look_) return calls;
  next_look_ = MonoTime::max();
  for (auto& [bound, booked] : booked_) {
    if (!booked.some_wait) continue;
    const Demand::Part part{bound.limit, 1, bound.value};
    const auto next = bounds.next(part, now);
    auto look = next == MonoTime::max() ? now + kCallEvery : next;
    if (!goes(bound.run)) {
      look = now + kLookAtRest;
    } else if (next <= now && (!booked.called_at || now - *booked.called_at >= kCallEvery)) {
      auto& there = here[{bound.limit, bound.value}];
      const auto free =
          std::min(bounds.room(part, now, now) - there, kMostCalled * booked.cost) / booked.cost;
      if (free > 0) {
        calls.push_back({bound.run, booked.why, static_cast<int>(free)});
        booked.called_at = now;
        booked.line.drop(free * booked.cost);
        there += free * booked.cost;
      }
    }
    next_look_ = std::min<MonoTime>(next_look_, std::max<MonoTime>(look, now + kLookEvery));
  }
  return calls;
}

void Bookings::none_waits(const Call& call) {
  for (auto& [bound, booked] : booked_) {
    if (bound.run == call.run && booked.why == call.reason) booked.some_wait = false;
  }
}

}  // namespace fanout
