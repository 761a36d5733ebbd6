// One part that is not sealed yet: how far it is committed, what was written since, and its file.
//
// Owned by Outputs, used on the store thread. The file is opened when it is needed and may be closed between
// two batches. The disk's exceptions pass through; what somebody did to the file is a text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "output/disk.h"
#include "task/part.h"

namespace fanout {

class OpenPart {
 public:
  // known: the store has a row of it.
  OpenPart(Disk& disk, const std::filesystem::path& root, Part part, bool known);

  const Part& committed() const { return part_; }
  Part written() const;  // as it is to be stored if what was written is committed
  bool is_known() const { return known_; }
  const std::filesystem::path& unfinished_path() const { return unfinished_; }
  const std::filesystem::path& final_path() const { return final_; }

  // Makes the file of a part that nobody knows. What lies under its unfinished name was never committed.
  void create();
  // Opens the file and cuts off what is not committed. Returns what is wrong with it, for people; empty:
  // nothing.
  std::string open();
  // How many bytes too many open() has found that were not our own, once.
  std::int64_t take_foreign_bytes();
  bool is_open() const { return file_ != nullptr; }
  void close() { file_.reset(); }

  // Durable when it returns. Gives the offset.
  std::int64_t append(std::string_view bytes, std::int64_t records);
  void commit();
  void roll_back();

  // After open(): gives it its final name. The folder is yet to be synced.
  void finish();

  std::int64_t roll = 0;  // bytes from which on the next part begins; 0: not known yet

 private:
  Disk& disk_;
  std::filesystem::path final_;
  std::filesystem::path unfinished_;
  Part part_;
  bool known_;
  std::int64_t length_;   // with what was written since
  std::int64_t records_;  // likewise
  bool uncut_ = false;    // bytes of ours may be left behind the committed ones
  std::int64_t foreign_bytes_ = 0;
  std::unique_ptr<File> file_;
};

}  // namespace fanout
