// What both programs have in common: defaults, and how they end when something is wrong.
#pragma once

#include <exception>
#include <filesystem>

#include "config/load.h"

namespace fanout {

inline constexpr const char* kVersion = "0.1.0";
inline constexpr const char* kDefaultConfig = "/etc/fanoutd/fanoutd.toml";

// Throws an Error that holds every error of the configuration, one a line.
Config checked_config(const std::filesystem::path& file, const std::filesystem::path& state_dir);

// Says on standard error what was wrong and the way out. Returns the exit code.
int explain(const char* program, const std::exception_ptr& failure);

}  // namespace fanout
