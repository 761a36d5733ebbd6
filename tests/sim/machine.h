// The simulated machine with the daemon on it: real engine, keeper, store and outputs, above simulated
// clocks, disk and network.
//
// Owned by a simulation, on its one thread. A process is started, and ends in one of the ways that there are;
// what it was in the middle of is then noted, so that what is asked again can be told from what must not be.
#pragma once

#include <boost/asio/io_context.hpp>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "harvest/engine.h"
#include "harvest/keeper.h"
#include "output/outputs.h"
#include "sim/journal.h"
#include "sim/sim_clock.h"
#include "sim/sim_disk.h"
#include "sim/sim_files.h"
#include "sim/sim_vendor.h"
#include "sim/sim_vfs.h"
#include "store/sqlite/sqlite_store.h"

namespace fanout::sim {

extern const char* const kDatabase;
extern const char* const kOutputs;

using Vendors = std::map<std::string, std::unique_ptr<SimVendor>>;

// A copy of the database as it lies on the disk, for reading.
class Peek {
 public:
  Peek(SimFiles& files, SimVfs& vfs);
  ~Peek();
  Peek(const Peek&) = delete;
  Peek& operator=(const Peek&) = delete;
  // Null before the schema is there.
  Database* database() { return database_.get(); }

 private:
  SimFiles& files_;
  std::unique_ptr<Database> database_;
};

class Machine {
 public:
  Machine(std::uint64_t seed, const Plan& plan, Timeline& timeline, Journal& journal);
  ~Machine();

  SimClock& clock() { return clock_; }
  SimFiles& files() { return files_; }
  SimVfs& vfs() { return vfs_; }
  Vendors& vendors() { return vendors_; }
  Engine* engine() { return engine_.get(); }
  bool running() const { return engine_ != nullptr; }
  bool drained() const { return drained_; }

  // False if it ended at once, e.g. because the disk is full.
  bool start();
  // Runs what is ready. False if the process has ended by itself: it failed, was drained, or its disk is
  // dead.
  bool poll();
  void reload();
  void drain(milliseconds patience);

  void kill();       // what was written stays
  void cut_power();  // only what was synced does; the machine boots anew
  void end();        // in order, after a drain or a failure

  // How often a question may have been answered once more, since nobody could know that it was.
  const std::map<Question, int>& excused() const { return excused_; }
  int deaths() const { return deaths_; }

 private:
  std::shared_ptr<const Config> read_plan() const;
  void tear_down();
  void after_death(bool in_order);

  const Plan& plan_;
  Chance chance_;
  Timeline& timeline_;
  Journal& journal_;
  SimClock clock_;
  SimFiles files_;
  SimVfs vfs_;
  SimDisk disk_;
  Vendors vendors_;
  Log log_;
  SeededRandom jitter_;

  std::uint64_t process_ = 0;
  std::unique_ptr<boost::asio::io_context> loop_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<Outputs> outputs_;
  std::unique_ptr<Keeper> keeper_;
  std::unique_ptr<Engine> engine_;
  std::exception_ptr failure_;
  bool drained_ = false;
  int deaths_ = 0;
  std::map<Question, int> excused_;
};

}  // namespace fanout::sim
