// The one disk of the simulated machine, below SQLite (sim_vfs.h) and below the outputs (sim_disk.h).
//
// Owned by a simulation, on its one thread. It forgets in a power cut what was not synced: each write since
// the last sync survives wholly, in some of its sectors, or not at all; names survive up to any moment since
// their folder was synced. Trouble is thrown: no room, a failed operation, or that the process is dead, in
// which case every further operation says the same until begin_again().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/chance.h"

namespace fanout::sim {

enum class Trouble { full, failed, dead };

class SimFiles {
 public:
  struct Content {
    std::string bytes;  // as the machine sees it

   private:
    friend class SimFiles;
    struct Change {
      std::size_t offset = 0;
      std::string bytes;  // empty: cut to offset
    };
    std::string durable_;
    std::vector<Change> unsynced_;
  };
  using Handle = std::shared_ptr<Content>;

  explicit SimFiles(std::uint64_t seed) : chance_(seed) {}

  Handle find(const std::string& path) const;  // null: there is none
  Handle open(const std::string& path);        // makes it if there is none
  void write(Content& content, std::size_t offset, std::string_view bytes);
  void cut(Content& content, std::size_t length);
  void sync(Content& content);
  void rename(const std::string& from, const std::string& to);
  void remove(const std::string& path);
  void sync_names(const std::string& folder);
  void check_alive() const;
  // For a simulation's own eyes: what it does meanwhile is neither counted nor fails. A copy is durable.
  void look(bool looking) { looking_ = looking; }
  void copy(const std::string& from, const std::string& to);
  bool is_folder(const std::string& path) const;

  // The process dies in the middle of the operation after `operations` more.
  void die_after(std::uint64_t operations) { die_at_ = operations_ + operations; }
  void fail_after(std::uint64_t operations) { fail_at_ = operations_ + operations; }
  void never_fail();
  void set_full(bool full) { full_ = full; }
  bool full() const { return full_; }
  bool dead() const { return dead_; }
  void die() { dead_ = true; }
  void cut_power();    // what was not synced is forgotten
  void begin_again();  // a new process
  std::uint64_t lives() const { return lives_; }

  std::uint64_t operations() const { return operations_; }
  const std::map<std::string, Handle>& all() const { return names_; }

 private:
  struct Renaming {
    std::string folder;
    std::vector<std::pair<std::string, Handle>> names;  // null: gone
  };
  void operate();
  void change_names(Renaming change);
  static void apply(std::string& bytes, const Content::Change& change);
  void forget_bytes(Content& content);
  void forget_names();

  Chance chance_;
  std::map<std::string, Handle> names_;
  std::map<std::string, Handle> durable_names_;
  std::vector<Renaming> unsynced_names_;
  std::uint64_t operations_ = 0;
  std::optional<std::uint64_t> die_at_;
  std::optional<std::uint64_t> fail_at_;
  bool full_ = false;
  bool looking_ = false;
  bool dead_ = false;
  std::uint64_t lives_ = 1;
};

}  // namespace fanout::sim
