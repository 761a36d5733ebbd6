#include "limit/finer_limit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace fanout {
namespace {

constexpr std::size_t kEntriesKept = 8;  // of a window of one value that are written
constexpr int kEachSlot = 4;
constexpr milliseconds kNever = std::chrono::hours(24 * 366);
// What was put off comes back by then at the latest, and is put off again.
constexpr milliseconds kLongestBooked = std::chrono::hours(24 * 6);

}  // namespace

FinerLimit::FinerLimit(FinerLimits limits, microseconds jitter, MonoTime now) {
  reconfigure(std::move(limits), jitter, now);
}

void FinerLimit::reconfigure(FinerLimits limits, microseconds jitter, MonoTime now) {
  limits_ = std::move(limits);
  jitter_ = jitter;
  for (auto& [value, bucket] : buckets_) {
    bucket->rates.configure(limits_.rates, limits_.burst, jitter_, bucket->flight, now);
    bucket->booked = {};
  }
}

const std::string& FinerLimit::owner(const std::string& value) const {
  static const std::string kOthers;
  return buckets_.contains(value) || buckets_.size() < kMostValues ? value : kOthers;
}

const FinerLimit::Bucket* FinerLimit::find(const std::string& value) const {
  const auto found = buckets_.find(owner(value));
  return found == buckets_.end() ? nullptr : found->second.get();
}

bool FinerLimit::is_new_free(MonoTime now) const {
  return !(full_until_ && now < *full_until_) && (strangers_ == 0 || strangers_at_ + longest() <= now) &&
         orphans_.until <= now;
}

std::shared_ptr<FinerLimit::Bucket> FinerLimit::fresh(MonoTime now) const {
  auto bucket = std::make_shared<Bucket>();
  bucket->rates.configure(limits_.rates, limits_.burst, jitter_, bucket->flight, now);
  bucket->touched = now;
  if (orphans_.until > now)
    bucket->flight.add_orphans(std::min(orphans_.count, limits_.concurrency), orphans_.until);
  if (full_until_ && now < *full_until_) {
    const int in_flight = limits_.concurrency == FinerLimits::kNoSlots ? 0 : limits_.concurrency;
    bucket->rates.assume_full_pace(in_flight, *full_until_ - longest());
  } else if (strangers_ > 0 && strangers_at_ + longest() > now) {
    SavedRates before;
    before.history.push_back({std::chrono::floor<milliseconds>(now - strangers_at_), strangers_});
    bucket->rates.restore(before, now, now);
  }
  return bucket;
}

FinerLimit::Bucket& FinerLimit::bucket(const std::string& value, MonoTime now) {
  forget_idle(now);
  auto& bucket = buckets_[owner(value)];
  if (bucket == nullptr) bucket = fresh(now);
  return *bucket;
}

milliseconds FinerLimit::longest() const {
  milliseconds longest{0};
  for (const Rate& rate : limits_.rates) longest = std::max(longest, rate.window);
  return longest;
}

// What has nothing in its windows any more is as good as new.
void FinerLimit::forget_idle(MonoTime now) {
  if (buckets_.size() < swept_at_) return;
  const auto keep = longest() + milliseconds(1000) + std::chrono::ceil<milliseconds>(jitter_);
  std::erase_if(buckets_, [&](const auto& entry) {
    const Bucket& bucket = *entry.second;
    return bucket.flight.count() == 0 && bucket.flight.orphans().until <= now && bucket.booked <= now &&
           now - bucket.touched > keep;
  });
  swept_at_ = std::max<std::size_t>(64, 2 * buckets_.size());
}

MonoTime FinerLimit::next(const Demand::Part& part, MonoTime now) const {
  if (!limits_.in_force) return now;
  if (limits_.concurrency == 0) return limits_.ends.value_or(MonoTime::max());
  const Bucket* known = find(part.value);
  if (known == nullptr && is_new_free(now)) return now;
  const auto made = known == nullptr ? fresh(now) : nullptr;
  const Bucket& bucket = known == nullptr ? *made : *known;
  const auto slot = bucket.flight.next(limits_.concurrency, now);
  return slot == MonoTime::max() ? slot : std::max(slot, bucket.rates.next(now, part.cost));
}

std::int64_t FinerLimit::room(const std::string& value, MonoTime now, MonoTime until) const {
  if (!limits_.in_force) return std::numeric_limits<std::int64_t>::max();
  const Bucket* known = find(value);
  const auto made = known == nullptr ? fresh(now) : nullptr;
  const auto room = (known == nullptr ? *made : *known).rates.room(now, until);
  return std::min(room, std::int64_t(kEachSlot) * limits_.concurrency);
}

std::optional<milliseconds> FinerLimit::time_for(std::int64_t cost, MonoTime now) const {
  if (limits_.per_value || !limits_.in_force) return std::nullopt;
  if (limits_.concurrency == 0) return kNever;
  const Bucket* known = find({});
  return (known == nullptr ? *fresh(now) : *known).rates.time_for(cost, now);
}

std::string FinerLimit::text() const {
  std::vector<std::string> what;
  for (const Rate& rate : limits_.rates) what.push_back(format_rate(rate));
  if (limits_.concurrency != FinerLimits::kNoSlots)
    what.push_back(fmt::format("{} in flight", limits_.concurrency));
  return fmt::format("limit {} ({}{})", limits_.name, fmt::join(what, ", "),
                     limits_.per_value ? " for each value" : "");
}

std::string FinerLimit::why(MonoTime now) const {
  if (!limits_.in_force) return {};
  if (limits_.concurrency == 0) return fmt::format("limit {} lets nothing go at this hour", limits_.name);
  std::size_t held = 0;
  for (const auto& [value, bucket] : buckets_) {
    const auto next = bucket->rates.next(now);
    if (next != MonoTime::max() && next > now + kWorthSaying) ++held;
  }
  if (held == 0) return {};
  return limits_.per_value ? fmt::format("{} is used up for {} of them", text(), held)
                           : fmt::format("{} is used up", text());
}

FinerLimit::Ticket FinerLimit::take(const Demand::Part& part, MonoTime now) {
  bucket(part.value, now);
  Ticket ticket{buckets_.at(owner(part.value)), 0, now};
  ticket.number = ticket.bucket->flight.take(part.cost);
  ticket.bucket->rates.taken(now, part.cost);
  ticket.bucket->touched = now;
  return ticket;
}

void FinerLimit::sent(const Ticket& ticket, MonoTime now) {
  auto* request = ticket.bucket->flight.find(ticket.number);
  if (request == nullptr) return;
  request->sent = now;
  ticket.bucket->rates.sent(now, request->cost);
}

void FinerLimit::ended(const Ticket& ticket, bool well, MonoTime now) {
  Bucket& bucket = *ticket.bucket;
  const auto* request = bucket.flight.find(ticket.number);
  if (request == nullptr) return;
  bucket.rates.ended(*request, well, now);
  bucket.flight.end(ticket.number);
  bucket.touched = now;
  constexpr int kSlowly = 8;
  bucket.lasts += (now - ticket.taken - bucket.lasts) / kSlowly;
}

void FinerLimit::orphaned(int count, MonoTime until) {
  orphans_ = {std::max(orphans_.count, count), std::max(orphans_.until, until)};
  for (auto& [value, bucket] : buckets_) {
    const auto most = std::max(limits_.concurrency - bucket->flight.orphans().count, 0);
    bucket->flight.add_orphans(std::min(count, most), until);
  }
}

Span FinerLimit::book(const std::string& value, std::int64_t cost, MonoTime now) {
  Bucket& of = bucket(value, now);
  of.booked = std::max(of.booked, now);
  Span span{of.booked, of.booked};
  if (limits_.concurrency == 0) {
    span.to = std::max(span.to, limits_.ends.value_or(now + kLongestBooked));
    span.from = span.to;
  } else if (limits_.concurrency != FinerLimits::kNoSlots) {
    // Rather too early, and it is put off once more, than too late, and a slot stays empty.
    span.to += of.lasts * cost / (2 * limits_.concurrency);
  }
  if (has_rates()) {
    const auto ahead = of.rates.room(now, of.booked);
    const auto enough = of.rates.time_for(ahead + cost, now);
    span.to = std::max(span.to, now + std::min(enough.value_or(kLongestBooked), kLongestBooked));
  }
  of.booked = std::min(span.to, now + kLongestBooked);
  return {std::min(span.from, of.booked), of.booked};
}

SavedLimiter::Finer FinerLimit::save(MonoTime now, MonoTime valid_until) const {
  SavedLimiter::Finer saved{limits_.name, {}, 0};
  const auto leaving_of = [&](const Bucket& bucket) {
    return valid_until <= now ? 0 : bucket.rates.room(now, valid_until) + limits_.largest_cost;
  };
  if (!has_rates()) return saved;
  for (const auto& [value, bucket] : buckets_) {
    auto& entry = saved.values.emplace_back();
    entry.value = value;
    const auto leaving = leaving_of(*bucket);
    entry.on_their_way = leaving + bucket->flight.cost();
    bucket->rates.save_lanes(entry, leaving, now, kEntriesKept);
  }
  saved.strangers = leaving_of(*fresh(now));
  return saved;
}

void FinerLimit::restore(const SavedLimiter::Finer& saved, MonoTime then, MonoTime now) {
  for (const auto& entry : saved.values) {
    if (buckets_.size() >= kMostValues) break;
    SavedRates rates = entry;
    // For a window that is added later the longest that there was is all that is known.
    const auto longest = std::ranges::max_element(rates.lanes, {}, &SavedLimiter::Lane::window);
    if (longest != rates.lanes.end()) rates.history = longest->past;
    auto& bucket = buckets_[entry.value];
    bucket = fresh(now);
    bucket->rates.restore(rates, then, now);
  }
  strangers_ = saved.strangers;
  strangers_at_ = now;
}

void FinerLimit::assume_full_pace(MonoTime now) {
  buckets_.clear();
  full_until_ = now + longest();
}

}  // namespace fanout
