// What the headers of a reply tell of its vendor's limits, in every dialect that is known.
//
// RateLimit and RateLimit-Policy in all versions of the IETF's draft; X-RateLimit-*, X-Rate-Limit-* and what
// is named like them; used/limit counts such as `32/40`. Several in one value or one reply are several
// limits. What an unknown dialect means is said in the configuration ([vendor.X.told], told_mapping.h).
//
// Pure. What is nonsense is left out and counted. Names and texts are the vendor's, not redacted and not cut.
#pragma once

#include "base/time.h"
#include "limit/told_limit.h"
#include "reply/header_words.h"

namespace fanout {

// now: by our clock. The reply's own Date comes before it: moments in it are by the vendor's clock.
ToldLimits read_told_limits(int status, const HeaderList& headers, WallTime now);

// Retry-After alone, and its nonsense.
void read_retry_after(const HeaderList& headers, WallTime now, ToldLimits& told);

// It may say that we ask too much, so that a remaining count below zero means that nothing remains.
bool is_refusal(int status);

// By the vendor's clock.
WallTime moment_of(const HeaderList& headers, WallTime now);

}  // namespace fanout
