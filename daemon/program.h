// What both programs have in common: defaults, and how they end when something is wrong.
#pragma once

#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "config/load.h"
#include "config/state_place.h"

namespace fanout {

inline constexpr const char* kVersion = "0.1.0";
inline constexpr const char* kDefaultConfig = kServiceConfig;

// Throws an Error that holds every error of the configuration, one a line.
Config checked_config(const std::filesystem::path& file, const std::filesystem::path& state_dir);

// Says on standard error what was wrong; each line of it has its priority where the journal reads.
void complain(const char* program, const std::vector<std::string>& lines);
// The same of a failure, with the way out. Returns the exit code.
int explain(const char* program, const std::exception_ptr& failure);

}  // namespace fanout
