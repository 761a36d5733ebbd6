// The daemon's command line.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "daemon/program.h"

namespace fanout {

struct Options {
  std::filesystem::path config = kDefaultConfig;
  std::filesystem::path state_dir;  // empty: as configured
  bool check = false;
  bool once = false;
  std::vector<std::string> pipelines;  // of --once; none: all
};

// The options, or the exit code of a program that has said all there is to say.
std::variant<Options, int> options_from(int argc, const char* const* argv);

}  // namespace fanout
