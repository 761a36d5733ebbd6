// The command line of fanoutctl.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

#include "daemon/program.h"

namespace fanout {

struct Words {
  std::filesystem::path config = kDefaultConfig;
  std::filesystem::path state_dir;  // empty: as the configuration says
  bool json = false;

  std::string verb;    // "status", …, "dead list", "dead redrive"
  std::string target;  // a pipeline, a vendor, or dead letters
  bool watch = false;  // status
  std::int64_t task = 0;
  std::int64_t run = 0;  // of dead letters; 0: any
  std::string pipeline;  // likewise; empty: any
  std::int64_t limit = 50;
};

// The words, or the exit code of a program that has said all there is to say.
std::variant<Words, int> words_from(int argc, const char* const* argv);

}  // namespace fanout
