// Files for one answer each: written beside their place, synced, renamed into it.
//
// Owned by Outputs, used on the store thread, for one batch at a time. Where several have the same path the
// last stays. A name that is taken is the problem of that answer; other failures are the disk's exceptions,
// and drop() then says what is left unfinished.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "output/disk.h"

namespace fanout {

class AnswerFiles {
 public:
  AnswerFiles(Disk& disk, std::filesystem::path root) : disk_(disk), root_(std::move(root)) {}

  // *problem is written until finish() has returned.
  void add(const std::string& path, std::string_view bytes, std::string* problem);
  // All that was added is durable and in its place, but for problems.
  void finish();
  std::vector<std::filesystem::path> drop();  // what is to be removed

 private:
  struct Unfinished {
    std::unique_ptr<File> file;
    std::filesystem::path path;
    std::filesystem::path final_path;
    std::string* problem = nullptr;
  };
  void put_in_place();

  Disk& disk_;
  std::filesystem::path root_;
  std::vector<Unfinished> unfinished_;
  std::set<std::filesystem::path> folders_;  // whose names are yet to be synced
};

}  // namespace fanout
