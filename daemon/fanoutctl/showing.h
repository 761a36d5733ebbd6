// The verbs that look: status, runs, stuck, plan, dead list, dead show. Read the views of schema/ and change
// nothing.
#pragma once

#include <string>

#include "base/time.h"
#include "daemon/fanoutctl/words.h"
#include "store/sqlite/database.h"

namespace fanout {

// What there is to see, for people or as one JSON document. now: for ages. Throws Error if the dead letter
// that is asked for is none.
std::string shown(Database& database, const Words& words, WallTime now);

}  // namespace fanout
