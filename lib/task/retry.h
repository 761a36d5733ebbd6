// When a failed task is tried again, and when it is given up on.
//
// Exponential backoff with full jitter, after "Exponential Backoff And Jitter" (Brooker, AWS Architecture
// Blog, 2015): uniform over [0, min(cap, base * 2^(attempt-1))].
#pragma once

#include "base/random.h"
#include "base/time.h"
#include "spec/retry.h"

namespace fanout {

milliseconds backoff(const Retry& retry, int attempt, Random& random);

}  // namespace fanout
