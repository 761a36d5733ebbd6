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

// What is known of the vendor when a reply is settled.
struct VendorState {
  bool open = false;            // its breaker
  bool well = false;            // it has just answered others well
  bool several = false;         // since it last answered well more than one task failed
  milliseconds until_probe{0};  // while the breaker is open
};

// What a reply says about the vendor. A task that has failed before while others were answered well speaks of
// itself when it fails again; one that fails for the first time speaks of the vendor.
// attempts: of a refusal of the credentials, how often they were refused for this task.
Limiter::Evidence evidence_of(const Outcome& outcome, int status, int attempts, bool well);

Settlement settlement_of(const Task& task, const Outcome& outcome, int status, const Retry& retry,
                         const VendorState& vendor, WallTime now, Random& random);

}  // namespace fanout
