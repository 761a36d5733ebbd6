// What a commit notes of the open runs: how fast, until when, and why not. And what the log says of it.
#pragma once

#include "base/log.h"
#include "harvest/commit.h"
#include "harvest/prospect.h"

namespace fanout {

// From now on it is taken for noted.
void add_notes(Commit& commit, OpenRuns& runs, const Horizon& horizon, const Log& log);

}  // namespace fanout
