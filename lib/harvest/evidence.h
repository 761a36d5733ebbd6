// What an ended attempt says about the vendor, to its breaker. Pure.
#pragma once

#include "limit/breaker.h"
#include "task/outcome.h"

namespace fanout {

// A task that has failed before while others were answered well speaks of itself when it fails again; one
// that fails for the first time, or does not even reach it, speaks of the vendor. times: how often this task
// has failed, this time included; of a refusal of the credentials, how often they were refused for it.
// others_well: the vendor has just answered others well.
Evidence evidence_of(const Outcome& outcome, int status, int times, bool others_well);

}  // namespace fanout
