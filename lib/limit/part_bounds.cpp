#include "limit/part_bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/excerpt.h"

namespace fanout {

void PartBounds::reconfigure(const std::vector<FinerLimits>& limits, double retry_share, microseconds jitter,
                             MonoTime now) {
  retries_.change(retry_share);
  std::vector<FinerLimit> finer;
  for (const auto& each : limits) {
    const auto same = std::ranges::find(finer_, each.name, &FinerLimit::name);
    if (same != finer_.end()) {
      finer.push_back(std::move(*same));
      finer_.erase(same);
      finer.back().reconfigure(each, jitter, now);
    } else {
      finer.emplace_back(each, jitter, now);
    }
  }
  for (const auto& gone : finer_) {
    if (gone.counts()) forgotten_.push_back(gone.name());
  }
  finer_ = std::move(finer);
}

PartBounds::Held PartBounds::latest(const Demand& demand, bool probes, MonoTime now) const {
  Held latest{now, {}};
  const auto bound = [&](const Demand::Part& part) {
    if (const auto until = next(part, now); until > latest.until) latest = {until, part};
  };
  if (demand.retry && !probes) bound({Demand::kRetries});
  for (std::size_t i = 0; i < finer_.size(); ++i) {
    if (finer_[i].for_all()) bound({i, finer_[i].cost_of(demand)});
  }
  for (const auto& part : demand.parts) bound(part);
  return latest;
}

MonoTime PartBounds::next(const Demand::Part& part, MonoTime now) const {
  return part.limit == Demand::kRetries ? retries_.next(now) : finer_.at(part.limit).next(part, now);
}

std::int64_t PartBounds::room(const Demand::Part& part, MonoTime now, MonoTime until) const {
  return part.limit == Demand::kRetries ? retries_.room(now, until)
                                        : finer_.at(part.limit).room(part.value, now, until);
}

std::int64_t PartBounds::turns_until(const Demand::Part& part, MonoTime at, MonoTime now) const {
  return part.limit == Demand::kRetries ? 0 : finer_.at(part.limit).turns_until(part.value, at, now);
}

MonoTime PartBounds::end_of_turns(const Demand::Part& part, std::int64_t ahead, std::int64_t cost,
                                  MonoTime from, MonoTime now) const {
  return part.limit == Demand::kRetries
             ? retries_.end_of_turns(cost, from)
             : finer_.at(part.limit).end_of_turns(part.value, ahead, cost, from, now);
}

std::string PartBounds::text(const Demand::Part& part) const {
  if (part.limit == Demand::kRetries) return retries_.text();
  const auto limit = finer_.at(part.limit).text();
  return part.value.empty() ? limit : fmt::format("{}, here of {}", limit, excerpt(part.value));
}

const std::string& PartBounds::owner(const Demand::Part& part) const {
  return part.limit == Demand::kRetries ? part.value : finer_.at(part.limit).owner(part.value);
}

std::int64_t PartBounds::room_of_all(MonoTime now, MonoTime until) const {
  auto room = std::numeric_limits<std::int64_t>::max();
  for (const auto& limit : finer_) {
    if (limit.for_all()) room = std::min(room, limit.room({}, now, until));
  }
  return room;
}

std::optional<milliseconds> PartBounds::time_for_all(double count, double cost, MonoTime now) const {
  std::optional<milliseconds> least;
  for (const auto& limit : finer_) {
    if (!limit.for_all()) continue;
    const auto whole = static_cast<std::int64_t>(std::ceil(count * limit.cost_of(cost)));
    least = std::max(least, limit.time_for(whole, now));
  }
  return least;
}

double PartBounds::leave_until(MonoTime until, double cost, MonoTime now) const {
  auto least = std::numeric_limits<double>::max();
  for (const auto& limit : finer_) {
    if (limit.for_all())
      least = std::min(least, static_cast<double>(limit.room({}, now, until)) / limit.cost_of(cost));
  }
  return least;
}

std::string PartBounds::why_all(MonoTime now) const {
  for (const auto& limit : finer_) {
    if (auto why = limit.for_all() ? limit.why(now) : ""; !why.empty()) return why;
  }
  return {};
}

std::vector<std::string> PartBounds::why_some(MonoTime now) const {
  std::vector<std::string> held;
  for (const auto& limit : finer_) {
    if (auto why = limit.for_all() ? "" : limit.why(now); !why.empty()) held.push_back(std::move(why));
  }
  return held;
}

bool PartBounds::counts() const { return std::ranges::any_of(finer_, &FinerLimit::counts); }

bool PartBounds::are_long() const {
  constexpr std::size_t kMany = 16;
  return std::ranges::any_of(finer_, [](const FinerLimit& limit) { return limit.values() > kMany; });
}

PartBounds::Tickets PartBounds::take(const Demand& demand, MonoTime now) {
  retries_.taken(demand.retry, now);
  Tickets tickets;
  for (auto& limit : finer_) {
    if (limit.for_all()) tickets.push_back(limit.take({0, limit.cost_of(demand)}, now));
  }
  for (const auto& part : demand.parts) tickets.push_back(finer_.at(part.limit).take(part, now));
  return tickets;
}

void PartBounds::sent(const Tickets& tickets, MonoTime now) {
  for (const auto& ticket : tickets) FinerLimit::sent(ticket, now);
}

void PartBounds::ended(const Tickets& tickets, bool well, std::optional<int> told, MonoTime now) {
  for (const auto& ticket : tickets) FinerLimit::ended(ticket, well, now, told);
}

void PartBounds::orphaned(int count, MonoTime until) {
  for (auto& limit : finer_) limit.orphaned(count, until);
}

std::vector<SavedLimiter::Finer> PartBounds::save(MonoTime now, MonoTime valid_until) const {
  std::vector<SavedLimiter::Finer> saved;
  for (const auto& limit : finer_) saved.push_back(limit.save(now, valid_until));
  return saved;
}

void PartBounds::restore(const std::vector<SavedLimiter::Finer>& saved, MonoTime then, MonoTime now) {
  for (const auto& before : saved) {
    const auto same = std::ranges::find(finer_, before.name, &FinerLimit::name);
    if (!before.text.empty() && (same == finer_.end() || same->text() != before.text)) other_ = true;
    if (same != finer_.end()) {
      same->restore(before, then, now);
    } else if (!before.values.empty()) {
      forgotten_.push_back(before.name);
    }
  }
}

void PartBounds::assume_full_pace(MonoTime now) {
  for (auto& limit : finer_) limit.assume_full_pace(now);
}

}  // namespace fanout
