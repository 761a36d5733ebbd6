// Vendors that are one vendor to whoever answers. Pure.
#pragma once

#include <string>
#include <vector>

#include "spec/config.h"

namespace fanout {

// A line for each origin that several vendors of the configuration ask: it sees the sum of their limits.
std::vector<std::string> shared_origins(const Config& config);

}  // namespace fanout
