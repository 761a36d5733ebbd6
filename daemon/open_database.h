// The daemon's database, opened beside it: to look, or to give it an order.
//
// Such a connection never checkpoints: SQLite before 3.51.3 can lose committed rows when a second connection
// does so beside a writer.
#pragma once

#include <filesystem>

#include "store/sqlite/database.h"

namespace fanout {

std::filesystem::path database_path(const std::filesystem::path& state_dir);

// Throws Error with a hint if there is none, or if it is not ours, newer, older or damaged.
Database open_beside(const std::filesystem::path& state_dir, Database::Mode mode);

}  // namespace fanout
