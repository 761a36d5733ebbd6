// One error in a configuration, with the place where it was written. Pure, any thread.
#pragma once

#include <string>
#include <vector>

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

}  // namespace fanout
