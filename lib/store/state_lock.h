// One daemon per state directory: a lock that the kernel lets go of however the process ends.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace fanout {

class StateLock {
 public:
  // Throws if another process holds it, and says which; or if the folder cannot be written to.
  StateLock(const std::filesystem::path& state_dir, const std::string& since);
  ~StateLock();
  StateLock(const StateLock&) = delete;
  StateLock& operator=(const StateLock&) = delete;

  // Who holds the lock of that folder now, e.g. "process 1234 since 2026-11-23T02:00:00Z"; nothing if nobody.
  static std::optional<std::string> holder(const std::filesystem::path& state_dir);

 private:
  int file_ = -1;
};

}  // namespace fanout
