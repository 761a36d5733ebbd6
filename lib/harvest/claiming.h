// How a vendor's next claims are shared out among its runs, and which claims are held. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "harvest/attempts.h"
#include "harvest/dispatcher.h"
#include "harvest/dispatchers.h"
#include "harvest/open_runs.h"

namespace fanout {

// A fair part of what waits in memory for each run by its weight, so that no run's tasks keep another's from
// their turns. wanted: so many in all.
void add_claims(const Dispatcher& dispatcher, const OpenRuns& runs, int wanted, WallTime now,
                std::vector<ClaimWish>& claims);

// The lowest number of a claim that waits in memory, is in flight or is yet to be settled. A lease of an
// earlier one is nobody's.
std::int64_t oldest_claim(const Dispatchers& dispatchers, const Attempts& attempts,
                          const std::vector<Settlement>& to_settle);

}  // namespace fanout
