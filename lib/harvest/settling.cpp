#include "harvest/settling.h"

#include <fmt/format.h>

#include <algorithm>

namespace fanout {
namespace {

constexpr milliseconds kShortestSnooze{1000};
// A task that failed before with this 500 may itself be the cause. So many times it has the benefit of the
// doubt while the breaker is open, and comes back late enough for other tasks to be the next probes.
constexpr int kMostDoubts = 5;
constexpr milliseconds kOutOfTheWay{30'000};
constexpr milliseconds kSpread{1000};  // what was put back together does not come back together

bool is_gateway_status(int status) { return status == 0 || status == 502 || status == 503 || status == 504; }

void put_back(Settlement& settlement, milliseconds delay, WallTime now) {
  settlement.to = State::waiting;
  settlement.due = now + delay;
  settlement.spent = false;
  settlement.snoozed = true;
}

void retry_or_give_up(Settlement& settlement, const Task& task, const Outcome& outcome, const Retry& retry,
                      WallTime now, Random& random) {
  if (task.attempts < retry.attempts) {
    settlement.to = State::waiting;
    settlement.due = now + backoff(retry, task.attempts, random);
    return;
  }
  settlement.to = State::dead;
  settlement.place =
      fmt::format("given up on after {} attempts; the last: {}", task.attempts, outcome.reason);
}

}  // namespace

Limiter::Evidence evidence_of(const Outcome& outcome, int status, int attempts) {
  if (outcome.vendor_alive) return Limiter::Evidence::alive;
  if (!outcome.vendor_down) return Limiter::Evidence::unclear;
  return is_gateway_status(status) || attempts <= 1 ? Limiter::Evidence::down : Limiter::Evidence::unclear;
}

Settlement settlement_of(const Task& task, const Outcome& outcome, int status, const Retry& retry,
                         bool vendor_down, WallTime now, Random& random) {
  Settlement settlement;
  settlement.task = task.id;
  settlement.lease = task.lease;
  if (!outcome.reason.empty()) settlement.failure = Failure{task.attempts, status, outcome.reason};
  const bool may_snooze = task.snoozes < kMostSnoozes;
  switch (outcome.verdict) {
    case Verdict::done:
      settlement.to = State::done;
      break;
    case Verdict::skip:
      settlement.to = State::skipped;
      settlement.place = outcome.reason;
      break;
    case Verdict::dead:
      settlement.to = State::dead;
      settlement.place = outcome.reason;
      break;
    case Verdict::snooze:
      if (may_snooze) {
        const auto asked = outcome.snooze ? *outcome.snooze : outcome.hold.value_or(kShortestSnooze);
        put_back(settlement, std::max(asked, kShortestSnooze) + random.up_to(kSpread), now);
      } else {
        retry_or_give_up(settlement, task, outcome, retry, now, random);
      }
      break;
    case Verdict::retry: {
      const bool down = evidence_of(outcome, status, task.attempts) == Limiter::Evidence::down;
      const bool vendors_fault = outcome.nobody_there || (vendor_down && down);
      if (vendors_fault && may_snooze) {
        put_back(settlement, kShortestSnooze + random.up_to(kSpread), now);
      } else if (vendor_down && outcome.vendor_down && task.snoozes < kMostDoubts) {
        put_back(settlement, kOutOfTheWay + random.up_to(kOutOfTheWay), now);
      } else {
        retry_or_give_up(settlement, task, outcome, retry, now, random);
      }
      break;
    }
  }
  return settlement;
}

}  // namespace fanout
