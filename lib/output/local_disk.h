// The disk of this machine, over POSIX. Failures carry the path, what the system says, and what to do.
#pragma once

#include <filesystem>
#include <set>

#include "output/disk.h"

namespace fanout {

class LocalDisk : public Disk {
 public:
  std::unique_ptr<File> open(const std::filesystem::path& path) override;
  std::optional<std::string> read(const std::filesystem::path& path) override;
  std::optional<std::int64_t> size_of(const std::filesystem::path& path) override;
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  void remove(const std::filesystem::path& path) override;
  void sync_folder(const std::filesystem::path& folder) override;

 private:
  void make_folder(const std::filesystem::path& folder);

  std::set<std::filesystem::path> made_;  // folders whose own names are not durable yet
};

}  // namespace fanout
