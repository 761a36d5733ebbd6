#include "limit/limiter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"

namespace fanout {
namespace {

constexpr milliseconds kJust = std::chrono::minutes(1);
constexpr const char* kOnHold = "on hold, because the vendor said that it is asked too much";
constexpr const char* kOrphans =
    "what the daemon had sent before it died may still be at work there, and takes up its slots";

Adaptive::Said said(const Ending& ending) {
  if (ending.asked_too_much) return Adaptive::Said::refused;
  if (ending.evidence == Evidence::down) return Adaptive::Said::failed;
  return ending.evidence == Evidence::alive ? Adaptive::Said::well : Adaptive::Said::nothing;
}

std::int64_t whole(double count) { return static_cast<std::int64_t>(std::ceil(count)); }

}  // namespace

void Limiter::reconfigure(Limits limits, MonoTime now) {
  rates_.configure(limits.rates, limits.burst, limits.jitter, flight_, now);
  if (!limits.adaptive) adaptive_.reset();
  if (limits.adaptive && !adaptive_) adaptive_.emplace(now);
  parts_.reconfigure(limits.finer, limits.retry_share, limits.jitter, now);
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
    why += kOnHold;
  }
  if (why.empty() && flight_.orphans_fill(slots(), now)) why = kOrphans;
  if (why.empty()) why = told_.why(now);
  if (why.empty()) why = rates_.why(now);
  if (why.empty()) why = parts_.why_all(now);
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
  const auto bound = [&](MonoTime until, Of of) {
    if (until > latest.until) latest = {until, of, {}};
  };
  if (breaker_.open()) bound(breaker_.next(), Of::breaker);
  if (hold_.until()) bound(*hold_.until(), Of::hold);
  if (adaptive_) bound(adaptive_->next(flight_.count()), Of::search);
  bound(rates_.next(now, demand.cost), Of::rates);
  bound(told_.next(now, flight_.cost(), demand.cost), Of::told);
  if (const auto held = parts_.latest(demand, breaker_.open(), now); held.until > latest.until)
    latest = {held.until, Of::part, held.part};
  return latest;
}

std::string Limiter::text_of(const Binding& binding, const Demand& demand, MonoTime now) const {
  switch (binding.of) {
    case Binding::Of::slots:
      return flight_.orphans_fill(slots(), now)
                 ? kOrphans
                 : fmt::format("all {} requests that may be in flight at once are", slots());
    case Binding::Of::breaker:
      return breaker_.why();
    case Binding::Of::hold:
      return kOnHold;
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
      return parts_.text(binding.part);
  }
  return {};
}

int Limiter::room(MonoTime now, MonoTime until) const {
  if (hold_.is_on(until) || flight_.orphans_fill(limits_.concurrency, until)) return 0;
  if (breaker_.open() && breaker_.next() > until) return 0;
  const auto most = std::min<std::int64_t>(breaker_.open() ? 1 : std::numeric_limits<int>::max(),
                                           parts_.room_of_all(now, until));
  const std::int64_t found = adaptive_ ? adaptive_->room(now, until) : most;
  return static_cast<int>(
      std::min({most, found, rates_.room(now, until), told_.room(now, until, flight_.cost())}));
}

// A search counts requests, whatever they cost.
std::optional<milliseconds> Limiter::time_at_all_hours(double count, double cost, MonoTime now) const {
  const auto least = rates_.time_for(whole(count * cost), now);
  return adaptive_ ? std::max(least, std::optional(adaptive_->time_for(whole(count)))) : least;
}

std::optional<milliseconds> Limiter::time_for(double count, double cost, MonoTime now) const {
  return std::max(time_at_all_hours(count, cost, now), parts_.time_for_all(count, cost, now));
}

double Limiter::leave_until(MonoTime until, double cost, MonoTime now) const {
  const auto own =
      std::min(static_cast<double>(rates_.room(now, until)) / cost, parts_.leave_until(until, cost, now));
  return adaptive_ ? std::min(own, adaptive_->rate() * std::chrono::duration<double>(until - now).count())
                   : own;
}

Limiter::Ticket Limiter::take(MonoTime now, const Demand& demand) {
  FANOUT_INVARIANT(next(demand, now) <= now);
  Ticket ticket{flight_.take(demand.cost), now, {}, {}};
  if (adaptive_) ticket.left = adaptive_->taken(now, flight_.count());
  breaker_.taken(ticket.number);
  largest_ = std::max(largest_, demand.cost);
  rates_.taken(now, demand.cost);
  told_.taken(now, demand.cost);
  ticket.parts = parts_.take(demand, now);
  left_behind_.reset();
  return ticket;
}

void Limiter::sent(const Ticket& ticket, MonoTime now) {
  auto* request = flight_.find(ticket.number);
  if (request == nullptr) return;
  FANOUT_INVARIANT(!request->sent);  // one that is sent again takes another ticket
  request->sent = now;
  rates_.sent(now, request->cost);
  told_.sent(now, request->cost);
  PartBounds::sent(ticket.parts, now);
}

void Limiter::ended(const Ticket& ticket, const Ending& ending, MonoTime now) {
  const bool was_open = breaker_.open();
  const bool well = ending.evidence == Evidence::alive;
  Told::Ended ended{ending.told, ticket.taken, {}, well, ending.asked_too_much};
  if (auto* request = flight_.find(ticket.number)) {
    request->told = ending.told.cost;
    ended.flown = *request;
    rates_.ended(*request, well, now);
    flight_.end(ticket.number);
    breaker_.finished(ticket.number, ending.evidence, now, ending.reason);
    if (well) {
      good_reply_ = now;
      served_ = std::max(served_.value_or(ticket.taken), ticket.taken);
    }
  }
  PartBounds::ended(ticket.parts, well, ending.told.cost, now);
  told_.ended(ended, rates_, flight_, now);
  if (ending.refuses_us) breaker_.trip(now, ending.reason);
  auto quiet = ending.hold;
  if (adaptive_) {
    // Probes of an outage tell nothing of what it bears.
    if (!was_open || well) adaptive_->ended(ticket.left, said(ending), ending.level, now);
    if (breaker_.open() && !was_open) adaptive_->outage(!ending.refuses_us, now);
    if (!quiet) quiet = adaptive_->quiet(now);
  }
  if (ending.asked_too_much) hold_.begin(ticket.taken, now, quiet);
}

}  // namespace fanout
