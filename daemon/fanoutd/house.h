// The whole daemon: what it is made of, in which order, and on which threads.
//
// The main thread runs the loop; the store thread has the database and the outputs; a third thread reads
// large replies; a fourth writes the log. Everything is declared so that the threads end before what they use
// goes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/random.h"
#include "base/system_clock.h"
#include "daemon/fanoutd/options.h"
#include "daemon/fanoutd/premises.h"
#include "daemon/fanoutd/side_thread.h"
#include "daemon/fanoutd/voice.h"
#include "daemon/fanoutd/watches.h"
#include "harvest/engine.h"
#include "spec/config.h"

namespace fanout {

class House {
 public:
  // Opens everything; nothing leaves for a vendor yet. Throws Error.
  House(Options options, std::shared_ptr<const Config> config);
  ~House();

  // Until it is told to end, or --once is through. Throws what made it end before its time.
  Exit run();

 private:
  struct Threads {
    SideThread store;
    SideThread reading;
    void end();
  };
  struct End {
    bool draining = false;
    std::optional<Exit> exit{};
    std::exception_ptr failure{};
  };

  void begin();
  void wait_for_signal();
  void obey(int signal);
  void reload();
  void take(std::shared_ptr<Config> config);
  void refuse(const Error& error);
  void note(const std::string& what);
  void drain();
  void leave(Exit exit);
  void fail(std::exception_ptr failure);
  void finish_once();
  std::string status() const;

  Options options_;
  std::shared_ptr<const Config> config_;
  boost::asio::io_context loop_{1};
  SystemClock clock_;
  WallTime begun_at_;
  Voice voice_;
  Premises premises_;
  SeededRandom random_;
  std::optional<Engine> engine_;
  std::optional<Watches> watches_;
  boost::asio::signal_set signals_;
  Threads threads_;
  End end_;
};

}  // namespace fanout
