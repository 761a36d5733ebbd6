// The way in: text to a checked Config, or every error at once.
//
// Pure but for reading files: the same files give the same Config. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/spec.h"

namespace fanout {

struct ConfigError {
  std::string file;
  int line = 0;  // from 1; 0: the file as a whole
  int column = 0;
  std::string message;
  std::string hint;  // the way out; may be empty

  std::string text() const;  // "fanoutd.toml:12:3: unknown key \"retires\"; did you mean \"retry\"?"
};
using ConfigErrors = std::vector<ConfigError>;

// Reads the file and what it includes. state_dir: from the command line, or empty for the configured one.
std::variant<Config, ConfigErrors> load_config(const std::filesystem::path& file,
                                               const std::filesystem::path& state_dir = {});
// The same for one text without includes; `name` stands for the file in messages.
std::variant<Config, ConfigErrors> load_config_text(std::string_view text, const std::string& name);

// What was understood, for --check.
std::string describe(const Config& config);

}  // namespace fanout
