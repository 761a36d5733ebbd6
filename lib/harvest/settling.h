// How one task goes on after its outcome: pure.
//
// "Why is this row dead?" and "what uses up an attempt?" are answered here. What a reply means is judge()'s
// (task/outcome.h); this adds what only the task's history decides.
#pragma once

#include "base/random.h"
#include "limit/limiter.h"
#include "store/store.h"
#include "task/outcome.h"
#include "task/retry.h"
#include "task/task.h"

namespace fanout {

// So many times a task is put back without using up an attempt; after that each time uses one up, so that
// every task ends.
inline constexpr int kMostSnoozes = 200;

// What a reply says about the vendor. A task that fails again with the same 500 speaks of itself; one that
// fails for the first time, or finds nobody there, speaks of the vendor.
Limiter::Evidence evidence_of(const Outcome& outcome, int status, int attempts);

// vendor_down: the breaker is open, so that the failure is the vendor's and not this task's.
Settlement settlement_of(const Task& task, const Outcome& outcome, int status, const Retry& retry,
                         bool vendor_down, WallTime now, Random& random);

}  // namespace fanout
