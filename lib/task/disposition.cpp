#include "task/disposition.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace fanout {
namespace {

constexpr milliseconds kShortestSnooze{1000};
// So often a task waits for a vendor that answers it with a 500, or that nobody else says is down: more than
// three days of probes.
constexpr int kMostWaits = 10'000;
// A task that failed twice or more while others were answered well may itself be why the breaker is open. So
// many times it has the benefit of the doubt, and comes back late enough for other tasks to be the next
// probes.
constexpr int kSuspicious = 3;  // attempts, the present one included
constexpr int kMostDoubts = 5;
constexpr milliseconds kOutOfTheWay{30'000};
constexpr milliseconds kSpread{1000};  // what was put back together does not come back together

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
  settlement.reason =
      fmt::format("given up on after {} attempts; the last: {}", task.attempts, outcome.reason);
}

// An outage of any length makes no dead letter: what fails by the vendor's fault is put back as often as that
// happens, and just after the next probe is due, so that another task is that probe.
void wait_for_vendor(Settlement& settlement, const VendorState& vendor, milliseconds wait, WallTime now,
                     Random& random) {
  put_back(settlement, vendor.until_probe + wait + random.up_to(kSpread), now);
  settlement.snoozed = false;
}

Settlement of(const Task& task) {
  Settlement settlement;
  settlement.task = task.id;
  settlement.claim = task.claim;
  settlement.run = task.run;
  settlement.level = task.level;
  settlement.further_page = task.list != 0;
  return settlement;
}

}  // namespace

Settlement settlement_of(const Task& task, const Outcome& outcome, int status, const Retry& retry,
                         const VendorState& vendor, WallTime now, Random& random) {
  auto settlement = of(task);
  settlement.attempt = task.attempts;
  settlement.status = status;
  if (!outcome.reason.empty()) settlement.failure = Failure{task.attempts, status, outcome.reason};
  switch (outcome.verdict) {
    case Verdict::done:
      settlement.to = State::done;
      break;
    case Verdict::skip:
      settlement.to = State::skipped;
      settlement.reason = outcome.reason;
      break;
    case Verdict::dead:
      settlement.to = State::dead;
      settlement.reason = outcome.reason;
      break;
    case Verdict::snooze:
      if (outcome.vendor == VendorSays::refuses_us) {
        wait_for_vendor(settlement, vendor, outcome.snooze.value_or(kShortestSnooze), now, random);
      } else if (task.snoozes < kMostSnoozes) {
        const auto asked = outcome.snooze ? *outcome.snooze : outcome.hold.value_or(kShortestSnooze);
        put_back(settlement, std::max(asked, kShortestSnooze) + random.up_to(kSpread), now);
      } else {
        retry_or_give_up(settlement, task, outcome, retry, now, random);
      }
      break;
    case Verdict::retry: {
      const bool suspicious = task.attempts >= kSuspicious;
      // Nobody but this task says that the vendor fails, and it says so with an answer of the vendor's own.
      const bool alone = !is_gateway_status(status) && !vendor.several;
      const bool not_there = outcome.vendor == VendorSays::not_there;
      const bool down = outcome.vendor == VendorSays::down || not_there;
      const bool vendors_fault = down && !suspicious && !alone && (vendor.open || !vendor.well);
      const bool for_ever = is_gateway_status(status) && vendor.several;
      const bool may_wait = for_ever || task.snoozes < kMostWaits;
      if (not_there || (vendors_fault && may_wait)) {
        wait_for_vendor(settlement, vendor, kShortestSnooze, now, random);
        settlement.snoozed = !for_ever && !not_there;
      } else if (down && vendor.open && task.snoozes < kMostDoubts) {
        put_back(settlement, kOutOfTheWay + random.up_to(kOutOfTheWay), now);
      } else {
        retry_or_give_up(settlement, task, outcome, retry, now, random);
      }
      break;
    }
  }
  return settlement;
}

Settlement unclaimed(std::int64_t task, std::int64_t claim) {
  Settlement settlement;
  settlement.task = task;
  settlement.claim = claim;
  settlement.to = State::ready;
  settlement.spent = false;
  return settlement;
}

Settlement put_off_until(const Task& task, WallTime due, std::string why) {
  auto settlement = unclaimed(task.id, task.claim);
  settlement.to = State::waiting;
  settlement.due = due;
  settlement.reason = std::move(why);
  return settlement;
}

Settlement needless(const Task& task) {
  auto settlement = of(task);
  settlement.to = State::done;
  settlement.spent = false;
  return settlement;
}

Settlement not_sampled(const Task& task, const std::string& why_again) {
  auto settlement = of(task);
  settlement.to = State::skipped;
  settlement.reason = "the sample has no more requests for it: " + why_again;
  return settlement;
}

Settlement unaskable(const Task& task, std::string reason) {
  auto settlement = of(task);
  settlement.to = State::dead;
  settlement.failure = Failure{task.attempts, 0, reason};
  settlement.reason = std::move(reason);
  return settlement;
}

void become_unkept(Settlement& settlement, std::string reason) {
  settlement.to = State::dead;
  settlement.failure = Failure{settlement.attempt, settlement.status, reason};
  settlement.reason = std::move(reason);
  settlement.keeps_record = false;
  settlement.seeds.clear();
  settlement.left_out = {};
}

}  // namespace fanout
