#include "harvest/dispatcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harvest/demand_of.h"
#include "harvest/evidence.h"
#include "harvest/limits_now.h"

namespace fanout {
namespace {

// A commit is begun this long before the vendor's next free moment.
constexpr milliseconds kAhead{20};
// A clock that is set is noticed by then.
constexpr milliseconds kHourLookedAt{60'000};
constexpr int kFewestWaiting = 16;
constexpr int kMostWaiting = 1024;

bool passes_by_itself(MonoTime at) { return at != MonoTime::max(); }

SavedRow what_holds(const Limiter& limiter, MonoTime now) {
  return {!limiter.why(now).empty(), limiter.hold(),          limiter.next_probe(),
          limiter.orphans_until(),   limiter.told_until(now), limiter.allowed()};
}

bool is_stale(const SavedRow& saved, const SavedRow& now) {
  if (now.stands_still != saved.stands_still) return true;
  // An open breaker waits longer after each probe, and after a restart as long.
  if (now.probe != saved.probe) return true;
  if (now.orphans_until > saved.orphans_until) return true;
  if (now.told_until && (!saved.told_until || *now.told_until > *saved.told_until)) return true;
  constexpr double kMuch = 1.5;
  if (now.allowed > kMuch * saved.allowed || kMuch * now.allowed < saved.allowed) return true;
  // A hold that moves later while another reason stands must be kept as well.
  return now.hold && (!saved.hold || *now.hold > *saved.hold);
}

// The ends of hours are worked out from two clocks anew.
bool same_hours(std::vector<FinerLimits> limits, const std::vector<FinerLimits>& before) {
  constexpr milliseconds kSame{1000};
  if (limits.size() != before.size()) return false;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    auto& ends = limits[i].ends;
    if (ends && before[i].ends && std::chrono::abs(*ends - *before[i].ends) < kSame) ends = before[i].ends;
    auto& period = limits[i].period;
    const auto& known = before[i].period;
    if (period && known && std::chrono::abs(period->ends - known->ends) < kSame) {
      period->begins = known->begins;
      period->ends = known->ends;
    }
  }
  return limits == before;
}

// So many more are wanted here, to leave until the horizon.
int missing(const VendorSpec& spec, const Limiter& limiter, const WaitingTasks& waiting, MonoTime now,
            MonoTime horizon) {
  const int target = std::clamp(spec.concurrency * kWaitingPerSlot, kFewestWaiting, kMostWaiting);
  const int free = kMostWaiting - static_cast<int>(waiting.count());
  const int room = std::min({target, free, limiter.room(now, horizon)});
  auto there = static_cast<int>(waiting.count());
  if (limiter.parts().tell_apart()) {
    // What waits longer here, for a limit of its own, is not what leaves by then.
    waiting.look_at([&](const Demand& demand, int count) {
      const auto until = limiter.parts().latest(demand, limiter.breaker_open(), now).until;
      if (until > horizon) there -= count;
    });
  }
  // Few at a time are not worth a commit of their own while there are plenty.
  return there > room / 2 ? 0 : room - there;
}

}  // namespace

Dispatcher::Dispatcher(const VendorSpec& spec, const TransportMaker& make_transport, const Clock& clock,
                       const Log& log)
    : spec_(spec),
      clock_(clock),
      log_(log),
      way_{Credentials::prepare(spec), make_transport(spec)},
      limiter_(limits_now(spec, clock.wall(), clock.mono()), clock.mono()) {}

void Dispatcher::reconfigure(const VendorSpec& spec, const TransportMaker& make_transport) {
  auto credentials = Credentials::prepare(spec);
  const bool same_place = spec.base_url == spec_.base_url && spec.ca_file == spec_.ca_file;
  const bool same_way = same_place && spec.timeout == spec_.timeout &&
                        spec.connect_timeout == spec_.connect_timeout && spec.body_limit == spec_.body_limit;
  const bool same_credentials = *credentials == *way_.credentials;
  const bool same_parts = spec.limits == spec_.limits && spec.retry.budget == spec_.retry.budget;
  const bool same_limits = same_parts && spec.rates == spec_.rates && spec.burst == spec_.burst &&
                           spec.concurrency == spec_.concurrency && spec.jitter == spec_.jitter &&
                           spec.adaptive == spec_.adaptive && spec.largest_cost == spec_.largest_cost;
  auto transport = same_way ? nullptr : make_transport(spec);  // may throw, and then nothing has changed
  if (!same_parts) {
    bookings_.forget_all();
    other_limits_ = true;
  }
  spec_ = spec;
  way_.credentials = std::move(credentials);
  reserving_.reset();  // it was worked out for the old limits
  if (!same_way) way_.transport = std::move(transport);
  if (!same_limits) {
    limiter_.reconfigure(limits_now(spec_, clock_.wall(), clock_.mono()), clock_.mono());
    reserved_until_ = hour_ends_ = MonoTime{};
    say_which_limits_are_gone();
  }
  if (!same_place) waiting_.forget_attempts();  // it led there
  // A hold is the vendor's word: how long we wait for replies, and how large they may be, does not end it.
  if (!same_place || !same_credentials) limiter_.reset();
}

void Dispatcher::restore(const LimiterRow& row) {
  limiter_.restore(row.state, {clock_.mono(), clock_.wall(), clock_.boot()});
  other_limits_ = limiter_.parts().are_other();
  paused_ = row.paused;
  saved_ = what_holds(limiter_, clock_.mono());
  saved_.stands_still = !row.why.empty();
  finding_ = limiter_.finding();  // it was said when it was found
  say_which_limits_are_gone();
}

void Dispatcher::say_which_limits_are_gone() {
  for (const auto& name : limiter_.take_forgotten())
    log_.notice(
        fmt::format("vendor {}: there is no limit {} any more, and what it had counted is forgotten; one "
                    "of another name counts from now on",
                    spec_.name, name));
}

void Dispatcher::orphaned(std::int64_t claimed) {
  const auto sent = static_cast<int>(std::min<std::int64_t>(claimed, spec_.concurrency));
  limiter_.orphaned(sent, clock_.mono() + spec_.timeout);
}

LimiterRow Dispatcher::row(MonoTime until) const {
  const auto now = clock_.mono();
  LimiterRow row;
  row.subject = "vendor/" + spec_.name;
  row.account = account_of(spec_);
  row.paused = paused_;
  if (const auto hold = limiter_.hold(); hold && *hold > now) {
    row.hold_until = clock_.wall() + std::chrono::ceil<milliseconds>(*hold - now);
  }
  row.why = limiter_.why(now);
  if (const auto next = limiter_.next(now); !row.why.empty() && next > now && passes_by_itself(next)) {
    row.next = clock_.wall() + std::chrono::ceil<milliseconds>(next - now);
  }
  row.state = limiter_.save({now, clock_.wall(), clock_.boot()}, until);
  return row;
}

LimiterRow Dispatcher::reserve(MonoTime until) {
  reserving_ = until;
  saved_ = what_holds(limiter_, clock_.mono());
  return row(until);
}

void Dispatcher::reserved() {
  if (reserving_) reserved_until_ = *std::exchange(reserving_, std::nullopt);
}

Plan Dispatcher::plan(const Outlook& outlook) const {
  const auto now = outlook.now;
  const auto own = limiter_.next(now);
  const auto horizon = now + outlook.reserves;
  const bool soon = own <= horizon || !passes_by_itself(own);
  const bool waits = waiting_.count() > 0;
  const auto next = waits ? next_of_waiting(now) : own;
  // Nothing leaves any more: that is saved, so that the next start waits for nothing.
  const bool owes_last_word =
      closed_ && outlook.quiet && limiter_.keeps_windows() && is_reserved(now + milliseconds(1));

  Plan plan;
  plan.commit = is_stale(saved_, what_holds(limiter_, now)) || owes_last_word;
  // A long state is kept a few times a second, not with every commit.
  const bool reserved_for_long = limiter_.parts().are_long() && is_reserved(now + outlook.reserves / 2);
  if (is_open() && soon && limiter_.keeps_windows() && (waits || outlook.claimable)) {
    if (plan.commit || !reserved_for_long) plan.save_until = horizon;
  } else if (plan.commit) {
    plan.save_until = now;
  }
  if (!is_open()) return plan;
  if (soon && outlook.claimable) plan.claims = missing(spec_, limiter_, waiting_, now, horizon);
  const bool lacks_reservation = waits && next <= now + kAhead && !is_reserved(next);
  plan.commit = plan.commit || plan.claims > 0 || lacks_reservation;
  if ((waits || outlook.claimable) && passes_by_itself(next) && next > now) {
    // A little before its time, so that the claim or the reservation is through when it comes.
    plan.look_again = waits && is_reserved(next) ? next : std::max(next - kAhead, now + kAhead);
  }
  // What waits here for a limit of its own keeps no others.
  if (outlook.claimable && own < next && own > now)
    plan.look_again = std::min(plan.look_again, std::max(own - kAhead, now + kAhead));
  if ((waits || outlook.claimable) && hour_ends_ > now)
    plan.look_again = std::min(plan.look_again, hour_ends_);
  if (bookings_.next_look() != MonoTime::max() && !limiter_.breaker_open() && passes_by_itself(own))
    plan.look_again = std::min(plan.look_again, std::max(bookings_.next_look(), own));
  plan.put_back = waits && passes_by_itself(own) && own > now + kWorthWaitingFor;
  return plan;
}

// That of the task whose turn it is; where limits of their own hold up all of them, the first of these
// moments.
MonoTime Dispatcher::next_of_waiting(MonoTime now) const {
  if (const auto* turn = waiting_.turn(may_have_its_turn(now))) return limiter_.next(turn->demand, now);
  auto next = MonoTime::max();
  waiting_.look_at([&](const Demand& demand, int) { next = std::min(next, limiter_.next(demand, now)); });
  return next;
}

// Who is held up by a limit of its own lets others go first. Who is held up by the vendor's limits does not:
// what costs more would else never find room beside what costs less.
WaitingTasks::Which Dispatcher::may_have_its_turn(MonoTime now) const {
  return [this, now](const Demand& demand) {
    return limiter_.parts().latest(demand, limiter_.breaker_open(), now).until <= now;
  };
}

void Dispatcher::wait_here(Claimed claimed, const RunNames& run, const PipelineSpec& pipeline,
                           bool in_front) {
  claimed.demand = demand(claimed.task, run, pipeline);
  in_front ? waiting_.add_in_front(std::move(claimed)) : waiting_.add(std::move(claimed));
}

Demand Dispatcher::demand(const Task& task, const RunNames& run, const PipelineSpec& pipeline) const {
  return demand_of(task, run, pipeline, spec_, costs_.of(task.level));
}

void Dispatcher::look_at_the_hour() {
  const auto now = clock_.mono();
  if (now < hour_ends_) return;
  const auto wall = clock_.wall();
  const auto change = next_other_hour(spec_, wall);
  if (!change) {
    hour_ends_ = MonoTime::max();
    return;
  }
  const auto ends = std::chrono::ceil<milliseconds>(*change - wall);
  hour_ends_ = now + std::clamp(ends, milliseconds(1), kHourLookedAt);
  auto limits = limits_now(spec_, wall, now);
  if (same_hours(limits.finer, limiter_.limits().finer)) return;
  limiter_.reconfigure(std::move(limits), now);
  reserving_.reset();
  reserved_until_ = MonoTime{};
}

std::vector<Call> Dispatcher::vacant(const std::function<bool(std::int64_t)>& goes) {
  const auto now = clock_.mono();
  if (now < bookings_.next_look()) return {};
  if (!is_open() || limiter_.breaker_open() || limiter_.next(now) > now + kWorthWaitingFor) return {};
  return fanout::vacant(waiting_, bookings_, limiter_, goes, now);
}

std::optional<Claimed> Dispatcher::leaving() {
  const auto now = clock_.mono();
  if (!is_open() || waiting_.count() == 0 || limiter_.next(now) > now || !is_reserved(now))
    return std::nullopt;
  const auto goes = [&](const Demand& demand) { return limiter_.next(demand, now) <= now; };
  return waiting_.next(may_have_its_turn(now), goes);
}

bool Dispatcher::accepts_others(const Task& task) const {
  return suspects_.accepted_for_others(task, limiter_.served(), limiter_.well(clock_.mono()));
}

void Dispatcher::ended(const Task& task, const Limiter::Ticket& ticket, Outcome& outcome, int status,
                       ToldLimits told) {
  const auto now = clock_.mono();
  const bool was_open = limiter_.breaker_open();
  const bool others_well = limiter_.well(now);
  const bool refused = outcome.vendor == VendorSays::refuses_us;
  if (refused) outcome.snooze = suspects_.refused(task, now);
  Ending ending;
  ending.evidence =
      evidence_of(outcome, status, refused ? suspects_.refusals(task) : task.attempts, others_well);
  ending.reason = outcome.reason;
  if (refused) {
    ending.reason += spec_.auth.kind == "none"
                         ? "; there is no auth configured for it: give it one, and reload"
                         : "; put new ones in their place: a file is read again at the next probe, anything "
                           "else at the next "
                           "start, so end this (Ctrl-C, or systemctl stop) and start it again";
  }
  ending.asked_too_much = outcome.vendor == VendorSays::asked_too_much;
  ending.hold = outcome.hold;
  // Unless others have just been answered well: then it may be this task's own fault, and counts as a
  // failure.
  ending.refuses_us = refused && !others_well;
  nonsense_.heard(told.nonsense, spec_.name, log_);
  if (told.cost) costs_.saw(task.level, *told.cost);
  ending.told = told_share_.of(std::move(told), spec_.share, now);
  ending.level = task.level;
  limiter_.ended(ticket, ending, now);
  if (auto finding = limiter_.finding(); finding != finding_) {
    if (!finding.empty())
      log_.notice(
          fmt::format("vendor {} bears {}; say so in [vendor.{}], and nothing beyond is tried any more",
                      spec_.name, finding, spec_.name));
    finding_ = std::move(finding);
  }
  if (outcome.vendor == VendorSays::well) suspects_.answered_well();
  if (outcome.vendor == VendorSays::down || outcome.vendor == VendorSays::not_there) suspects_.failed(task);
  if (limiter_.breaker_open() && !was_open) {
    log_.error(fmt::format("vendor {}: {}", spec_.name, limiter_.why(now)));
  } else if (!limiter_.breaker_open() && was_open) {
    log_.notice(fmt::format("vendor {} answers again", spec_.name));
  }
}

void Dispatcher::renew_credentials() {
  std::string why;
  // Those that cannot be read now are kept: the next reply says whether they still hold.
  if (auto renewed = way_.credentials->refused(&why)) {
    way_.credentials = std::move(renewed);
  } else {
    log_.warning(fmt::format("vendor {}: {}", spec_.name, why));
  }
}

Standstill Dispatcher::standstill() const {
  const auto now = clock_.mono();
  Standstill still{paused_ ? fmt::format("vendor {} is paused", spec_.name) : limiter_.why(now),
                   {},
                   !paused_ && limiter_.only_waits(now)};
  const auto next = limiter_.next(now);
  if (next > now && passes_by_itself(next)) still.opens_in = std::chrono::ceil<milliseconds>(next - now);
  return still;
}

VendorState Dispatcher::state() const {
  const auto now = clock_.mono();
  const auto probe = limiter_.next_probe();
  const auto until = probe && passes_by_itself(*probe) && *probe > now ? *probe - now : microseconds(0);
  return {limiter_.breaker_open(), limiter_.well(now), suspects_.several_fail(),
          std::chrono::ceil<milliseconds>(until)};
}

}  // namespace fanout
