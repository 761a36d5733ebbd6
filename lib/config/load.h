// The way in: text to a checked Config, or every error at once.
//
// Pure but for reading files: the same files give the same Config. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "config/config_error.h"
#include "spec/config.h"

namespace fanout {

// Reads the file and what it includes. state_dir: from the command line, or empty for the configured one.
std::variant<Config, ConfigErrors> load_config(const std::filesystem::path& file,
                                               const std::filesystem::path& state_dir = {});
// The same for one text without includes; `name` stands for the file in messages.
std::variant<Config, ConfigErrors> load_config_text(std::string_view text, const std::string& name);

// What was understood, for --check. now: from when on schedules are next due.
std::string describe(const Config& config, WallTime now);

}  // namespace fanout
