// Folders in which names were made, changed or removed that a power cut could still undo.
//
// Owned by Outputs, used on the store thread. The disk's exceptions pass through; what was not synced then
// stays.
#pragma once

#include <filesystem>
#include <set>
#include <utility>

#include "output/disk.h"

namespace fanout {

class UnsyncedFolders {
 public:
  explicit UnsyncedFolders(Disk& disk) : disk_(disk) {}

  void add(std::filesystem::path folder) { folders_.insert(std::move(folder)); }
  void sync() {
    for (const auto& folder : folders_) disk_.sync_folder(folder);
    folders_.clear();
  }

 private:
  Disk& disk_;
  std::set<std::filesystem::path> folders_;
};

}  // namespace fanout
