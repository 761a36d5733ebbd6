// One daemon per state directory: a lock that the kernel lets go of however the process ends.
//
// The file fanoutd.lock says who has it. The folder itself is locked besides, and the folder of the outputs,
// since a file can be removed, and a link can lead two state directories to the same outputs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fanout {

// What helps where a state directory cannot be written to, by the reason that the system gives (errno): to
// give a folder away makes no read-only file system writable.
std::string way_out_for_folder(const std::filesystem::path& state_dir, int why);

class StateLock {
 public:
  // Throws if another process holds it, and says which; or if the folder cannot be written to.
  StateLock(const std::filesystem::path& state_dir, const std::string& since);
  StateLock(const StateLock&) = delete;
  StateLock& operator=(const StateLock&) = delete;

  // Who holds the lock of that folder now, e.g. "process 1234 since 2026-11-23T02:00:00Z"; nothing if nobody.
  static std::optional<std::string> holder(const std::filesystem::path& state_dir);

 private:
  // Open until it is destroyed; a lock goes with its file.
  class OpenFile {
   public:
    OpenFile(const std::filesystem::path& path, int flags);
    ~OpenFile();
    OpenFile(OpenFile&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    OpenFile& operator=(OpenFile&&) = delete;
    int number() const { return number_; }  // below 0: it could not be opened

   private:
    int number_;
  };

  void lock_folder(const std::filesystem::path& folder);

  std::vector<OpenFile> locked_;
};

}  // namespace fanout
