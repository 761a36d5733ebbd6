#include "limit/limiter.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/excerpt.h"

namespace fanout {
namespace {

constexpr milliseconds kJust = std::chrono::minutes(1);

Adaptive::Said said(const Ending& ending) {
  if (ending.asked_too_much) return Adaptive::Said::refused;
  if (ending.evidence == Evidence::down) return Adaptive::Said::failed;
  return ending.evidence == Evidence::alive ? Adaptive::Said::well : Adaptive::Said::nothing;
}

}  // namespace

void Limiter::reconfigure(Limits limits, MonoTime now) {
  rates_.configure(limits.rates, limits.burst, limits.jitter, flight_, now);
  if (!limits.adaptive) adaptive_.reset();
  if (limits.adaptive && !adaptive_) adaptive_.emplace(now);
  retries_.change(limits.retry_share);
  std::vector<FinerLimit> finer;
  for (const auto& each : limits.finer) {
    const auto same = std::ranges::find(finer_, each.name, &FinerLimit::name);
    if (same != finer_.end()) {
      finer.push_back(std::move(*same));
      finer_.erase(same);
      finer.back().reconfigure(each, limits.jitter, now);
    } else {
      finer.emplace_back(each, limits.jitter, now);
    }
  }
  finer_ = std::move(finer);
  limits_ = std::move(limits);
}

void Limiter::reset() {
  breaker_.reset();
  hold_ = {};
  told_ = {};
}

std::string Limiter::why(MonoTime now) const {
  auto why = breaker_.why();
  if (hold_.is_on(now)) {
    if (!why.empty()) why += "; ";
    why += "on hold, because the vendor said that it is asked too much";
  }
  if (why.empty() && flight_.orphans_fill(slots(), now))
    why = "what the daemon had sent before it died may still be at work there, and takes up its slots";
  if (why.empty()) why = told_.why(now);
  if (why.empty()) why = rates_.why(now);
  for (const auto& limit : finer_) {
    if (why.empty() && limit.for_all()) why = limit.why(now);
  }
  return why.empty() && adaptive_ ? adaptive_->why(now) : why;
}

bool Limiter::well(MonoTime now) const {
  return breaker_.well() && good_reply_ && now - *good_reply_ <= kJust;
}

// A probe tests the vendor, so what still hangs from before it broke down does not count against the cap.
int Limiter::slots() const {
  return breaker_.open() ? limits_.concurrency : std::max(std::min(limits_.concurrency, breaker_.cap()), 1);
}

Limiter::Binding Limiter::binding(const Demand& demand, MonoTime now) const {
  using Of = Binding::Of;
  Binding latest{flight_.next(slots(), now), Of::slots, {}};
  if (latest.until == MonoTime::max()) return latest;
  const auto bound = [&](MonoTime until, Of of, const Demand::Part& part = {}) {
    if (until > latest.until) latest = {until, of, part};
  };
  if (breaker_.open()) bound(breaker_.next(), Of::breaker);
  if (hold_.until()) bound(*hold_.until(), Of::hold);
  if (adaptive_) bound(adaptive_->next(flight_.count()), Of::search);
  bound(rates_.next(now, demand.cost), Of::rates);
  bound(told_.next(now, flight_.cost(), demand.cost), Of::told);
  if (demand.retry) bound(next_of({Demand::kRetries}, now), Of::part, {Demand::kRetries});
  for (std::size_t i = 0; i < finer_.size(); ++i) {
    if (!finer_[i].for_all()) continue;
    const auto cost = finer_[i].part_of(demand).cost;
    bound(finer_[i].next({i, cost}, now), Of::part, {i, cost});
  }
  for (const auto& part : demand.parts) bound(next_of(part, now), Of::part, part);
  return latest;
}

std::string Limiter::text_of(const Binding& binding, const Demand& demand, MonoTime now) const {
  switch (binding.of) {
    case Binding::Of::slots:
      return flight_.orphans_fill(slots(), now)
                 ? "what the daemon had sent before it died may still be at work there, and takes up its "
                   "slots"
                 : fmt::format("all {} requests that may be in flight at once are", slots());
    case Binding::Of::breaker:
      return breaker_.why();
    case Binding::Of::hold:
      return "on hold, because the vendor said that it is asked too much";
    case Binding::Of::search:
      return fmt::format("its limit is looked for, and {:.3g} requests a second are allowed now",
                         adaptive_->rate());
    case Binding::Of::rates:
      return fmt::format("the rate {}", format_rate(rates_.latest(now, demand.cost)));
    case Binding::Of::told: {
      const auto why = told_.why(now);
      return why.empty() ? "a limit that the vendor told of" : why;
    }
    case Binding::Of::part:
      return text_of(binding.part);
  }
  return {};
}

int Limiter::room(MonoTime now, MonoTime until) const {
  if (hold_.is_on(until) || flight_.orphans_fill(limits_.concurrency, until)) return 0;
  if (breaker_.open() && breaker_.next() > until) return 0;
  std::int64_t most = breaker_.open() ? 1 : std::numeric_limits<int>::max();
  for (const auto& limit : finer_) {
    if (limit.for_all()) most = std::min(most, limit.room({}, now, until));
  }
  const std::int64_t found = adaptive_ ? adaptive_->room(now, until) : most;
  return static_cast<int>(
      std::min({most, found, rates_.room(now, until), told_.room(now, until, flight_.cost())}));
}

bool Limiter::is_long() const {
  constexpr std::size_t kMany = 16;
  return std::ranges::any_of(finer_, [](const FinerLimit& limit) { return limit.values() > kMany; });
}

MonoTime Limiter::next_of(const Demand::Part& part, MonoTime now) const {
  if (part.limit != Demand::kRetries) return finer_.at(part.limit).next(part, now);
  // While the breaker is open nothing but probes goes, and any task may be one.
  return breaker_.open() ? now : retries_.next(now);
}

std::int64_t Limiter::room_of(const Demand::Part& part, MonoTime now, MonoTime until) const {
  if (part.limit != Demand::kRetries) return finer_.at(part.limit).room(part.value, now, until);
  return breaker_.open() ? std::numeric_limits<int>::max() : retries_.room(now, until);
}

Span Limiter::book(const Demand::Part& part, std::int64_t cost, MonoTime from) {
  if (part.limit != Demand::kRetries) return finer_.at(part.limit).book(part.value, cost, from);
  return retries_.book(cost, from);
}

std::string Limiter::text_of(const Demand::Part& part) const {
  if (part.limit == Demand::kRetries)
    return fmt::format("the retry budget ({:g} % of the other requests)", 100 * limits_.retry_share);
  const auto& limit = finer_.at(part.limit);
  return part.value.empty() ? limit.text() : fmt::format("{}: {}", limit.text(), excerpt(part.value));
}

std::optional<milliseconds> Limiter::time_for(std::int64_t count, MonoTime now) const {
  auto least = rates_.time_for(count, now);
  for (const auto& limit : finer_) {
    if (limit.for_all()) least = std::max(least, limit.time_for(count, now));
  }
  return adaptive_ ? std::max(least, std::optional(adaptive_->time_for(count))) : least;
}

Limiter::Ticket Limiter::take(MonoTime now, const Demand& demand) {
  FANOUT_INVARIANT(next(demand, now) <= now);
  Ticket ticket{flight_.take(demand.cost), now, {}, {}};
  if (adaptive_) ticket.left = adaptive_->taken(now, flight_.count());
  breaker_.taken(ticket.number);
  retries_.taken(demand.retry, now);
  rates_.taken(now, demand.cost);
  told_.taken(now, demand.cost);
  for (auto& limit : finer_) {
    if (limit.for_all()) ticket.finer.push_back(limit.take(limit.part_of(demand), now));
  }
  for (const auto& part : demand.parts) ticket.finer.push_back(finer_.at(part.limit).take(part, now));
  return ticket;
}

void Limiter::sent(const Ticket& ticket, MonoTime now) {
  auto* request = flight_.find(ticket.number);
  if (request == nullptr) return;
  FANOUT_INVARIANT(!request->sent);  // one that is sent again takes another ticket
  request->sent = now;
  rates_.sent(now, request->cost);
  told_.sent(now, request->cost);
  for (const auto& each : ticket.finer) FinerLimit::sent(each, now);
}

void Limiter::ended(const Ticket& ticket, const Ending& ending, MonoTime now) {
  const bool was_open = breaker_.open();
  const bool well = ending.evidence == Evidence::alive;
  Told::Ended ended{ending.told, ticket.taken, {}, well, ending.asked_too_much};
  if (const auto* request = flight_.find(ticket.number)) {
    ended.flown = *request;
    rates_.ended(*request, well, now);
    flight_.end(ticket.number);
    breaker_.finished(ticket.number, ending.evidence, now, ending.reason);
    if (well) {
      good_reply_ = now;
      served_ = std::max(served_.value_or(ticket.taken), ticket.taken);
    }
  }
  for (const auto& each : ticket.finer) FinerLimit::ended(each, well, now);
  told_.ended(ended, rates_, flight_, now);
  if (ending.refuses_us) breaker_.trip(now, ending.reason);
  auto quiet = ending.hold;
  if (adaptive_) {
    // Probes of an outage tell nothing of what it bears.
    if (!was_open || well) adaptive_->ended(ticket.left, said(ending), ending.level, now);
    if (breaker_.open() && !was_open) adaptive_->outage(now);
    if (!quiet) quiet = adaptive_->quiet(now);
  }
  if (ending.asked_too_much) hold_.begin(ticket.taken, now, quiet);
}

}  // namespace fanout
