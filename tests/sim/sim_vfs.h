// SQLite's way to the simulated disk: a VFS, registered under a name for as long as this lives.
//
// Owned by a simulation, on its one thread. Several connections of the one simulated process may be open:
// locks and the WAL's shared memory are kept here and end with the process. After begin_again() of the files
// call forget_locks(); connections of the life before can do no harm, since what they do fails.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/chance.h"
#include "sim/sim_files.h"

struct sqlite3_vfs;

namespace fanout::sim {

class SimVfs {
 public:
  SimVfs(SimFiles& files, std::string name, std::uint64_t seed);
  ~SimVfs();
  SimVfs(const SimVfs&) = delete;
  SimVfs& operator=(const SimVfs&) = delete;

  const std::string& name() const { return name_; }
  void forget_locks() { shared_.clear(); }
  void forget_locks_of(const std::string& path) { shared_.erase(path); }

  // What the connections to one database share. Private to the VFS.
  struct Shared {
    static constexpr int kShmLocks = 8;
    std::map<const void*, int> locks;  // by open file: SQLITE_LOCK_SHARED and up
    std::vector<std::unique_ptr<std::array<char, 32768>>> regions;
    std::array<int, kShmLocks> readers{};
    std::array<const void*, kShmLocks> writer{};
  };
  std::shared_ptr<Shared> shared(const std::string& path);
  SimFiles& files() { return files_; }
  Chance& chance() { return chance_; }

 private:
  SimFiles& files_;
  std::string name_;
  Chance chance_;
  std::map<std::string, std::shared_ptr<Shared>> shared_;
  std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace fanout::sim
