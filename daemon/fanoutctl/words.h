// The command line of fanoutctl.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/program.h"
#include "spec/config.h"

namespace fanout {

struct Words {
  std::filesystem::path config = kDefaultConfig;
  std::filesystem::path state_dir;  // empty: as the configuration says
  bool json = false;

  std::string verb;                  // "status", …, "dead list", "dead redrive"
  std::string target;                // a pipeline, a vendor, or dead letters
  bool watch = false;                // status
  std::vector<std::string> assumed;  // plan: such as "rate=20/1s"
  int sample = 0;                    // plan: from so many requests at most; 0: none
  std::int64_t task = 0;
  std::int64_t run = 0;  // of dead letters; 0: any
  std::string pipeline;  // likewise; empty: any. plan: which
  std::int64_t limit = 50;
};

// Nothing where it cannot be read, or another place was named than its own.
std::optional<Config> configuration_of(const Words& words);

// The words, or the exit code of a program that has said all there is to say.
std::variant<Words, int> words_from(int argc, const char* const* argv);

}  // namespace fanout
