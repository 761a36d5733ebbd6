// What people are told of the harvest: how far each run is, why it does not move, and all of it in one line.
#pragma once

#include <string>
#include <vector>

#include "harvest/agenda.h"
#include "harvest/committer.h"
#include "harvest/dispatchers.h"
#include "harvest/open_runs.h"

namespace fanout {

// Why a run does not move; empty: it moves.
std::string why_blocked(const ActiveRun& run, const Committer& committer, const OpenRuns& runs,
                        const Dispatchers& dispatchers);

std::vector<RunProgress> progress_of(const OpenRuns& runs, const Committer& committer,
                                     const Dispatchers& dispatchers, MonoTime now);

std::string status_of(const std::vector<RunProgress>& runs, const Committer& committer, const Agenda& agenda);

}  // namespace fanout
