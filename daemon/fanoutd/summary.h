// What --once leaves for people to read at its end: runs by level, where the outputs lie, how to look at
// what failed.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "daemon/fanoutd/options.h"
#include "spec/config.h"
#include "store/sqlite/database.h"

namespace fanout {

// Of the runs that ended since then.
std::string summary_of(Database& database, const Config& config, const Options& options, WallTime since);

// "--config /etc/other.toml --state-dir /x": what another program needs to find the same database.
std::string same_place(const Options& options);

// The line, with that behind each "with: fanoutctl" or "to go on: fanoutctl" that tells what to type.
std::string with_place(std::string_view line, const std::string& place);

}  // namespace fanout
