// Whether the files that the daemon has open still lie where it found them. One that was removed, moved or
// replaced is written to by nobody else and read by nobody: what goes there is lost to everybody.
//
// On the loop.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace fanout {

class FilesInPlace {
 public:
  // Those of a state directory, from now on. The log counts from when it is first seen, all others are there.
  explicit FilesInPlace(const std::filesystem::path& database);

  // What is no longer in its place, in words; empty: all are.
  std::string what_is_gone();

 private:
  struct Identity {
    dev_t device;
    ino_t number;
    bool operator==(const Identity&) const = default;
  };

  std::vector<std::filesystem::path> paths_;
  std::filesystem::path log_;
  std::map<std::filesystem::path, Identity> known_;
};

}  // namespace fanout
