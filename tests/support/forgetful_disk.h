// A Disk in memory that forgets in a power cut what was not synced, and fails when it is told to.
//
// Owned by a test or a simulation, used on one thread. Everything follows from the seed and the operations. A
// power cut is the exception PowerCut; from then on every operation throws it, as a process without power
// does nothing more, until the test calls cut_power() (or kill(), if only the process is to have died) and
// begins anew.
//
// What survives: the bytes of a file that were synced, and of those appended since any beginning, the last of
// it perhaps as zeros; of the names in a folder those that were synced, and of what was done to them since
// any beginning, in order. A folder survives with its name in the one above; sync_folder() sees to that for
// those that this process has made, as it can know no others. So the disk may keep more than it has promised,
// but never less.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "output/disk.h"

namespace fanout {

class PowerCut : public std::exception {
 public:
  const char* what() const noexcept override { return "power cut"; }
};

class ForgetfulDisk : public Disk {
 public:
  enum class Fault { full, power_cut };

  explicit ForgetfulDisk(std::uint64_t seed = 1) : random_(seed) {}

  std::unique_ptr<File> open(const std::filesystem::path& path) override;
  std::optional<std::string> read(const std::filesystem::path& path) override;
  std::optional<std::int64_t> size_of(const std::filesystem::path& path) override;
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  void remove(const std::filesystem::path& path) override;
  void sync_folder(const std::filesystem::path& folder) override;

  // Counts what changes the disk or syncs it: opening, append, sync, cut, rename, remove, sync_folder.
  std::uint64_t operations() const { return operations_; }
  // The operation after `operations` more fails once. It may have been done in part, a power cut also wholly.
  void fail_after(std::uint64_t operations, Fault fault);
  void never_fail() { fail_at_.reset(); }
  // So many bytes may be appended yet; cutting and removing gives room back. Nothing: without end.
  void set_room(std::optional<std::int64_t> bytes) { room_ = bytes; }

  // Forgets what was not synced. Files that are open are useless from then on; others may be opened.
  void cut_power();
  // The process ends but the machine does not: what was written stays, files that are open are useless.
  void kill();

  // For the test's own eyes and hands; neither counted nor failing. What is put here is durable.
  std::vector<std::string> files() const;  // their paths, in order
  std::optional<std::string> contents(const std::filesystem::path& path) const;
  void put(const std::filesystem::path& path, std::string contents);
  std::size_t open_files() const { return open_files_; }

 private:
  struct Content;
  class OpenFile;
  using Names = std::map<std::string, std::shared_ptr<Content>>;
  // What happens to the names of a folder at once: a name gets a content, or is gone.
  struct Change {
    std::string folder;
    std::vector<std::pair<std::string, std::shared_ptr<Content>>> names;
  };

  template <typename Operation>
  void operate(const std::string& what, bool needs_room, Operation operation);
  void check_power() const;
  bool is_to_fail(bool needs_room);
  void append(Content& content, std::string_view bytes, const std::string& path);
  void change_names(Change change);
  void check_for_file(const std::filesystem::path& path) const;
  bool is_folder(const std::filesystem::path& path) const;
  void make_folders(const std::filesystem::path& folder);
  void forget_folders();
  void forget_names();
  void forget_bytes(Content& content);
  void give_back(std::size_t bytes);
  bool coin() { return random_.next() % 2 == 0; }
  std::size_t up_to(std::size_t most) { return static_cast<std::size_t>(random_.next() % (most + 1)); }

  SeededRandom random_;
  Names names_;
  Names durable_names_;
  std::vector<Change> unsynced_;  // in order
  std::set<std::string> folders_;
  std::set<std::string> durable_folders_;
  std::set<std::string> made_;  // folders whose own names this process has yet to sync
  std::uint64_t operations_ = 0;
  std::optional<std::uint64_t> fail_at_;
  Fault fault_ = Fault::full;
  std::optional<std::int64_t> room_;
  bool dead_ = false;
  std::uint64_t life_ = 0;  // a file that was opened in an earlier one is useless
  std::size_t open_files_ = 0;
};

}  // namespace fanout
