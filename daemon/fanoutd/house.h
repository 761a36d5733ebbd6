// The whole daemon: what it is made of, in which order, and on which threads.
//
// The main thread runs the loop; the store thread has the database and the outputs; a third thread reads
// large replies. Everything is declared so that the threads end before what they use goes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <exception>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "base/system_clock.h"
#include "daemon/fanoutd/clock_watch.h"
#include "daemon/fanoutd/database_watch.h"
#include "daemon/fanoutd/options.h"
#include "daemon/fanoutd/progress_display.h"
#include "daemon/fanoutd/side_thread.h"
#include "daemon/fanoutd/status_line.h"
#include "daemon/fanoutd/systemd.h"
#include "daemon/fanoutd/watchdog.h"
#include "harvest/engine.h"
#include "harvest/keeper.h"
#include "output/local_disk.h"
#include "output/outputs.h"
#include "spec/config.h"
#include "store/sqlite/sqlite_store.h"
#include "store/state_lock.h"

namespace fanout {

class House {
 public:
  // Opens everything; nothing leaves for a vendor yet. Throws Error.
  House(Options options, std::shared_ptr<const Config> config);
  ~House();

  // Until it is told to end, or --once is through. Throws what made it end before its time.
  Exit run();

 private:
  void begin();
  void wait_for_signal();
  void obey(int signal);
  void reload();
  void drain();
  void leave(Exit exit);
  void finish_once();

  Options options_;
  std::shared_ptr<const Config> config_;
  boost::asio::io_context loop_{1};
  SystemClock clock_;
  WallTime begun_at_;
  Log error_log_;
  ProgressDisplay display_;
  Log log_;
  StateLock lock_;
  SqliteStore store_;
  Recovered recovered_;
  LocalDisk disk_;
  Outputs outputs_;
  Keeper keeper_;
  SeededRandom random_;
  Systemd systemd_;
  std::optional<Engine> engine_;
  std::optional<StatusLine> status_;
  std::optional<DatabaseWatch> database_watch_;
  std::optional<ClockWatch> clock_watch_;
  std::optional<Watchdog> watchdog_;
  boost::asio::signal_set signals_;
  SideThread store_thread_;
  SideThread reading_thread_;

  bool draining_ = false;
  std::optional<Exit> exit_;
  std::exception_ptr failure_;
};

}  // namespace fanout
