// What a run waits for none of whose tasks is ready or on its way.
#pragma once

#include <cstdint>
#include <string>

#include "store/sqlite/database.h"

namespace fanout {

// Empty: some are.
std::string waiting_text(const Database& database, std::int64_t run);

}  // namespace fanout
