// The names of files that are begun and that the store does not know yet, written down before they are made.
//
// A crash between a file's first byte and its commit leaves an unfinished file that nothing speaks of but
// this list, in a file of its own beside the output folder. Owned by Outputs, used on the store thread. The
// disk's exceptions pass through. What is written down longer than needed does no harm: the store's word
// comes first.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "output/disk.h"

namespace fanout {

class IntentLog {
 public:
  IntentLog(Disk& disk, std::filesystem::path list) : disk_(disk), list_(std::move(list)) {}

  // What an earlier process has written down: final paths, below the output folder.
  std::vector<std::string> left() const;
  // Durable when it returns. One sync for all that are new.
  void write_down(const std::vector<std::string>& paths);
  // All of them are finished, removed, or known to the store by now.
  void settled() { settled_ = true; }
  // Durable when it returns: a file of such a name is none of ours to remove.
  void forget_settled();

 private:
  void open();

  Disk& disk_;
  std::filesystem::path list_;
  std::unique_ptr<File> file_;
  std::set<std::string> written_;  // is in the list
  bool settled_ = true;
};

}  // namespace fanout
