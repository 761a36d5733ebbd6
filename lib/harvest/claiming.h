// How a vendor's next claims are shared out among its runs. Pure.
#pragma once

#include <vector>

#include "harvest/dispatcher.h"
#include "harvest/open_runs.h"

namespace fanout {

// A fair part of what waits in memory for each run by its weight, so that no run's tasks keep another's from
// their turns. wanted: so many in all.
void add_claims(const Dispatcher& dispatcher, const OpenRuns& runs, int wanted, WallTime now,
                std::vector<ClaimWish>& claims);

}  // namespace fanout
