// What becomes of a task: done, put back, skipped or dead. Pure.
//
// "Why is this row dead?" and "what uses up an attempt?" are answered here and nowhere else. What a reply
// means is judge()'s (task/outcome.h); this adds what only the task's history decides. The one settlement
// made elsewhere is that of a claim whose process ended, which the store takes back by itself.
#pragma once

#include <string>

#include "base/random.h"
#include "task/outcome.h"
#include "task/retry.h"
#include "task/settlement.h"
#include "task/task.h"

namespace fanout {

// So many times a task is put back without using up an attempt; after that each time uses one up, so that
// every task ends.
inline constexpr int kMostSnoozes = 200;

// What is known of the vendor when a reply is settled.
struct VendorState {
  bool open = false;            // its breaker
  bool well = false;            // it has just answered others well
  bool several = false;         // since it last answered well more than one task failed
  milliseconds until_probe{0};  // while the breaker is open
};

// After an attempt that is over.
Settlement settlement_of(const Task& task, const Outcome& outcome, int status, const Retry& retry,
                         const VendorState& vendor, WallTime now, Random& random);
// It did not leave, or nobody waits for its reply any more: as if it had never been claimed.
Settlement unclaimed(std::int64_t task, std::int64_t claim);
// It is not its turn before then, under a limit of its own; why: which.
Settlement put_off_until(const Task& task, WallTime due, std::string why);
// A page that is not needed any more, because its list has ended before it.
Settlement needless(const Task& task);
// It is left out, since a sample has no more requests for it: skipped.
Settlement not_sampled(const Task& task, const std::string& why_again);
// There is no way to ask for it: dead.
Settlement unaskable(const Task& task, std::string reason);
// What it brought can't be kept: dead, and none of it is kept.
void become_unkept(Settlement& settlement, std::string reason);

}  // namespace fanout
