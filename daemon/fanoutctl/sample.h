// plan --sample N: has the daemon ask a few requests, and waits for their end.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "daemon/fanoutctl/words.h"

namespace fanout {

// Throws Error if none is taken.
void take_sample(boost::asio::io_context& loop, const std::filesystem::path& state_dir, const Words& words);

}  // namespace fanout
