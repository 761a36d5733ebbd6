#include "limit/finer_limit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace fanout {
namespace {

constexpr std::size_t kEntriesKept = 8;  // of a window of one value that are written
constexpr milliseconds kLonger{1000};    // than its windows is it remembered
constexpr int kEachSlot = 4;
constexpr milliseconds kNever = std::chrono::hours(24 * 366);
// What was put off comes back by then at the latest, and is put off again.
constexpr milliseconds kLongestTurns = std::chrono::hours(24 * 6);

}  // namespace

FinerLimit::FinerLimit(FinerLimits limits, microseconds jitter, MonoTime now) {
  reconfigure(std::move(limits), jitter, now);
}

void FinerLimit::reconfigure(FinerLimits limits, microseconds jitter, MonoTime now) {
  limits_ = std::move(limits);
  jitter_ = jitter;
  configure(*shared_, now);
  for (auto& [value, bucket] : of_value_) configure(*bucket, now);
}

void FinerLimit::configure(Bucket& bucket, MonoTime now) const {
  bucket.rates.configure(limits_.rates, limits_.burst, jitter_, bucket.flight, now);
  if (!limits_.period) {
    bucket.quota.reset();
  } else if (bucket.quota) {
    bucket.quota->change(*limits_.period, bucket.flight.cost(), now);
  } else {
    bucket.quota.emplace(*limits_.period, now);
  }
}

MonoTime FinerLimit::Bucket::next(int slots, int cost, MonoTime now) const {
  const auto slot = flight.next(slots, now);
  if (slot == MonoTime::max()) return slot;
  const auto free = std::max(slot, rates.next(now, cost));
  return quota ? std::max(free, quota->next(now, cost)) : free;
}

std::int64_t FinerLimit::Bucket::room(MonoTime now, MonoTime until) const {
  const auto room = rates.room(now, until);
  return quota ? std::min(room, quota->room(now, until)) : room;
}

std::optional<milliseconds> FinerLimit::Bucket::time_for(std::int64_t cost, MonoTime now) const {
  const auto least = rates.time_for(cost, now);
  return quota ? std::max(least, std::optional(quota->time_for(cost, now))) : least;
}

bool FinerLimit::Bucket::is_used_up(MonoTime now) const {
  return !rates.why(now).empty() || (quota && quota->is_used_up());
}

const std::string& FinerLimit::owner(const std::string& value) const {
  static const std::string kShared;
  const bool has_own = of_value_.contains(value);
  // What it has in flight in the shared one takes up slots there.
  return has_own || (of_value_.size() < kMostValues && !shared_->ours.contains(value)) ? value : kShared;
}

std::shared_ptr<const FinerLimit::Bucket> FinerLimit::find(const std::string& value, MonoTime now) const {
  const auto& of = owner(value);
  if (of.empty()) return shared_;
  const auto found = of_value_.find(of);
  return found == of_value_.end() ? fresh(now) : found->second;
}

std::shared_ptr<FinerLimit::Bucket> FinerLimit::fresh(MonoTime now) const {
  const bool all_new = !counts() || is_idle(*shared_, now);
  auto bucket = restored(all_new ? SavedLimiter::Finer::OfValue() : saved(*shared_, 0, now), now, now);
  if (const auto& orphans = shared_->flight.orphans(); orphans.until > now)
    bucket->flight.add_orphans(orphans.count, orphans.until);
  return bucket;
}

std::shared_ptr<FinerLimit::Bucket> FinerLimit::bucket(const std::string& value, MonoTime now) {
  forget_idle(now);
  const auto& of = owner(value);
  if (of.empty()) return shared_;
  auto& bucket = of_value_[of];
  if (bucket == nullptr) bucket = fresh(now);
  return bucket;
}

bool FinerLimit::is_idle(const Bucket& bucket, MonoTime now) const {
  milliseconds longest{0};
  for (const Rate& rate : limits_.rates) longest = std::max(longest, rate.window);
  const auto keep = longest + kLonger + std::chrono::ceil<milliseconds>(jitter_);
  return bucket.flight.count() == 0 && bucket.flight.orphans().until <= now &&
         (!bucket.quota || bucket.quota->is_new()) && (!bucket.touched || now - *bucket.touched > keep);
}

// Not at every request: all of them are looked at.
void FinerLimit::forget_idle(MonoTime now) {
  constexpr std::size_t kFew = 64;
  if (of_value_.size() < kFew || now < swept_at_ + kLonger) return;
  swept_at_ = now;
  std::erase_if(of_value_, [&](const auto& entry) { return is_idle(*entry.second, now); });
}

MonoTime FinerLimit::next(const Demand::Part& part, MonoTime now) const {
  if (!limits_.in_force) return now;
  if (limits_.concurrency == 0) return limits_.ends.value_or(MonoTime::max());
  // Many wait for a value of their own, and none is made for each look at one.
  if (const auto& of = owner(part.value); !of.empty() && !of_value_.contains(of) && is_idle(*shared_, now))
    return now;
  return find(part.value, now)->next(limits_.concurrency, part.cost, now);
}

std::int64_t FinerLimit::room(const std::string& value, MonoTime now, MonoTime until) const {
  if (!limits_.in_force) return std::numeric_limits<std::int64_t>::max();
  return std::min(find(value, now)->room(now, until), std::int64_t(kEachSlot) * limits_.concurrency);
}

std::optional<milliseconds> FinerLimit::time_for(std::int64_t cost, MonoTime now) const {
  if (limits_.per_value || !limits_.in_force) return std::nullopt;
  if (limits_.concurrency == 0) return kNever;
  return shared_->time_for(cost, now);
}

std::string FinerLimit::text() const {
  std::vector<std::string> what;
  for (const Rate& rate : limits_.rates) what.push_back(format_rate(rate));
  if (limits_.period) what.push_back(limits_.period->text);
  if (limits_.concurrency != FinerLimits::kNoSlots)
    what.push_back(fmt::format("{} in flight", limits_.concurrency));
  return fmt::format("limit {} ({}{})", limits_.name, fmt::join(what, ", "),
                     limits_.per_value ? " for each value" : "");
}

std::string FinerLimit::why(MonoTime now) const {
  if (!limits_.in_force) return {};
  if (limits_.concurrency == 0) return fmt::format("limit {} lets nothing go at this hour", limits_.name);
  if (shared_->flight.orphans_fill(limits_.concurrency, now))
    return fmt::format(
        "what the daemon had sent before it died may still be at work there, and takes up the slots of {}",
        text());
  if (!limits_.per_value) {
    if (shared_->is_used_up(now)) return text() + " is used up";
    const bool is_paced = shared_->quota && shared_->quota->next(now) > now + kWorthSaying;
    return is_paced ? text() + " is paced, lest a crash let too much of it through" : "";
  }
  const auto held =
      std::ranges::count_if(of_value_, [now](const auto& entry) { return entry.second->is_used_up(now); });
  return held == 0 ? "" : fmt::format("{} is used up for {} of them", text(), held);
}

FinerLimit::Ticket FinerLimit::take(const Demand::Part& part, MonoTime now) {
  Ticket ticket{bucket(part.value, now), {}, 0, now, limits_.cost.has_value()};
  largest_ = std::max(largest_, part.cost);
  Bucket& bucket = *ticket.bucket;
  if (&bucket == shared_.get() && !part.value.empty()) {
    ticket.sharing = part.value;
    ++bucket.ours[part.value];
  }
  ticket.number = bucket.flight.take(part.cost);
  bucket.rates.taken(now, part.cost);
  if (bucket.quota) bucket.quota->taken(now, part.cost);
  bucket.touched = now;
  return ticket;
}

void FinerLimit::sent(const Ticket& ticket, MonoTime now) {
  auto* request = ticket.bucket->flight.find(ticket.number);
  if (request == nullptr) return;
  request->sent = now;
  ticket.bucket->rates.sent(now, request->cost);
}

void FinerLimit::ended(const Ticket& ticket, bool well, MonoTime now, std::optional<int> told) {
  Bucket& bucket = *ticket.bucket;
  auto* request = bucket.flight.find(ticket.number);
  if (request == nullptr) return;
  if (!ticket.fixed) request->told = told;
  if (bucket.quota) bucket.quota->costs_more(request->more());
  bucket.rates.ended(*request, well, now);
  bucket.flight.end(ticket.number);
  bucket.touched = now;
  constexpr int kSlowly = 8;
  bucket.lasts += (now - ticket.taken - bucket.lasts) / kSlowly;
  if (const auto ours = bucket.ours.find(ticket.sharing); ours != bucket.ours.end() && --ours->second == 0)
    bucket.ours.erase(ours);
}

void FinerLimit::orphaned(int count, MonoTime until) {
  const auto add = [&](Bucket& bucket) {
    const auto most = std::max(limits_.concurrency - bucket.flight.orphans().count, 0);
    bucket.flight.add_orphans(std::min(count, most), until);
  };
  add(*shared_);
  for (auto& [value, bucket] : of_value_) add(*bucket);
}

std::int64_t FinerLimit::turns_until(const std::string& value, MonoTime at, MonoTime now) const {
  if (!counts()) return 0;
  const auto of = find(value, now);
  const auto turns = of->rates.turns_until(now, at);
  return of->quota ? std::min(turns, of->quota->room(now, at)) : turns;
}

MonoTime FinerLimit::end_of_turns(const std::string& value, std::int64_t ahead, std::int64_t cost,
                                  MonoTime from, MonoTime now) const {
  const auto latest = std::min(now + kLongestTurns, limits_.ends.value_or(MonoTime::max()));
  if (limits_.concurrency == 0) return latest;
  const auto of = find(value, now);
  auto end = from;
  // Rather too early, and it is put off once more, than too late, and a slot stays empty.
  if (limits_.concurrency != FinerLimits::kNoSlots) end += of->lasts * cost / (2 * limits_.concurrency);
  if (has_rates()) end = std::max(end, now + of->rates.time_for(ahead + cost, now).value_or(kLongestTurns));
  if (of->quota) end = std::max(end, now + of->quota->time_for(ahead + cost, now));
  return std::min(end, latest);
}

std::int64_t FinerLimit::leaving(const Bucket& bucket, MonoTime now, MonoTime until) const {
  return until <= now ? 0 : bucket.room(now, until) + std::max(limits_.largest_cost, largest_);
}

SavedLimiter::Finer::OfValue FinerLimit::saved(const Bucket& bucket, std::int64_t leaving, MonoTime now) {
  SavedLimiter::Finer::OfValue entry;
  entry.on_their_way = leaving + bucket.flight.cost();
  bucket.rates.save_lanes(entry, leaving, now, kEntriesKept);
  if (bucket.quota) entry.period = bucket.quota->save(leaving, now);
  return entry;
}

std::shared_ptr<FinerLimit::Bucket> FinerLimit::restored(const SavedLimiter::Finer::OfValue& saved,
                                                         MonoTime then, MonoTime now) const {
  SavedRates rates = saved;
  // For a window that is added later the longest that there was is all that is known.
  const auto longest = std::ranges::max_element(rates.lanes, {}, &SavedLimiter::Lane::window);
  if (longest != rates.lanes.end()) rates.history = longest->past;
  auto bucket = std::make_shared<Bucket>();
  configure(*bucket, now);
  bucket->rates.restore(rates, then, now);
  if (bucket->quota && saved.period) bucket->quota->restore(*saved.period, then);
  bucket->touched = now;
  return bucket;
}

SavedLimiter::Finer FinerLimit::save(MonoTime now, MonoTime valid_until) const {
  SavedLimiter::Finer all{limits_.name, text(), {}};
  if (!counts()) return all;
  const auto add = [&](const std::string& value, const Bucket& bucket) {
    const auto leaves = leaving(bucket, now, valid_until);
    if (leaves == 0 && is_idle(bucket, now)) return;
    all.values.push_back(saved(bucket, leaves, now));
    all.values.back().value = value;
  };
  add({}, *shared_);
  for (const auto& [value, bucket] : of_value_) add(value, *bucket);
  return all;
}

void FinerLimit::restore(const SavedLimiter::Finer& saved, MonoTime then, MonoTime now) {
  for (const auto& entry : saved.values) {
    if (of_value_.size() >= kMostValues) break;
    (entry.value.empty() ? shared_ : of_value_[entry.value]) = restored(entry, then, now);
  }
}

void FinerLimit::assume_full_pace(MonoTime now) {
  of_value_.clear();
  const int in_flight = limits_.concurrency == FinerLimits::kNoSlots ? 0 : limits_.concurrency;
  shared_->rates.assume_full_pace(in_flight, now);
  if (shared_->quota) shared_->quota->assume_used_up();
  shared_->touched = now;
}

}  // namespace fanout
