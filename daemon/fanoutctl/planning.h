// The verb plan: reads the configuration, earlier runs and samples, and says what the next run will come to.
#pragma once

#include <string>

#include "base/time.h"
#include "daemon/fanoutctl/words.h"
#include "store/sqlite/database.h"

namespace fanout {

// Throws Error if the configuration cannot be read or has no such pipeline.
std::string planned(Database& database, const Words& words, WallTime now);

}  // namespace fanout
