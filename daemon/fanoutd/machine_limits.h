// Whether this machine gives what the configuration takes: open files, threads, memory. Found out at the
// start, not in the night, and never blamed on a vendor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spec/config.h"

namespace fanout {

struct MachineLimits {
  std::uint64_t files = 0;                 // that this process may have open
  std::optional<std::uint64_t> threads{};  // that it may have; nothing: no limit is known
  std::optional<std::uint64_t> memory{};   // bytes
};

// Those of this process: of the system, of its control group, of its shell.
MachineLimits machine_limits();

struct LimitFindings {
  std::vector<std::string> too_low;  // it cannot work like that; each with the way out
  std::vector<std::string> tight;    // it can, unless everything comes at once
};
LimitFindings compare(const Config& config, const MachineLimits& limits);

// As many open files as the system grants. Throws Error if the configuration takes more than there is.
void raise_file_limit();
void expect_room(const Config& config, const MachineLimits& limits);

}  // namespace fanout
