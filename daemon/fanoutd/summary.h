// What --once leaves for people to read at its end: runs by level, where the outputs lie, how to look at
// what failed.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "daemon/fanoutd/options.h"
#include "spec/config.h"
#include "store/sqlite/database.h"
#include "store/store.h"

namespace fanout {

// Of the runs that ended since then.
std::string summary_of(Database& database, const Config& config, const Options& options, WallTime since);

// "--config /etc/other.toml --state-dir /x": what another program needs to find the same database.
std::string same_place(const Options& options);

// What --once would wait for for ever, with the way out; nobody else is there to be asked why.
std::vector<std::string> paused_lines(const std::vector<LimiterRow>& rows, const Options& options);

}  // namespace fanout
