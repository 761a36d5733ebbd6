// Brings a database to the version that this program knows, or refuses it.
//
// Refused, and left as it was: one of another program, of a newer fanoutd, or damaged.
#pragma once

#include "store/sqlite/database.h"

namespace fanout {

// Every database of ours bears this in its header: "fano".
inline constexpr int kApplicationId = 0x66616e6f;

int newest_version();
// Throws unless it is empty or ours and not newer. Returns its version; 0 for an empty one.
int check_version(Database& database);
// Applies the missing steps of schema/, each in a transaction of its own.
void migrate(Database& database);

}  // namespace fanout
