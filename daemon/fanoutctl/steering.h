// The verbs that steer: an order is a row of `control`, as anybody can insert from the sqlite3 shell. With a
// daemon its outcome is waited for; without one it is kept until the next start.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "daemon/fanoutctl/words.h"

namespace fanout {

bool is_order(const Words& words);

// Says what came of it. Returns the exit code. Throws Error if the order cannot be given.
int give_order(boost::asio::io_context& loop, const std::filesystem::path& state_dir, const Words& words);

}  // namespace fanout
