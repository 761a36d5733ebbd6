// Levels of a finished run that were skipped whole, which is more likely a slip in a path than a vendor that
// has lost everything: said by --once at its end and by fanoutctl status.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/sqlite/database.h"

namespace fanout {

// A line for each, with why one of its tasks was skipped.
std::vector<std::string> skipped_levels(const Database& database, std::int64_t run);

}  // namespace fanout
