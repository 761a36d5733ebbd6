// Keeps systemd's line of status true: looked at after each write to the database, and every second while a
// run is open. With nothing to do there is no timer.
//
// On the loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>

#include "daemon/fanoutd/store_pulse.h"
#include "daemon/fanoutd/systemd.h"
#include "harvest/engine.h"

namespace fanout {

class StatusLine {
 public:
  StatusLine(const boost::asio::any_io_executor& loop, const Engine& engine, StorePulse& pulse,
             Systemd& systemd);

  // What somebody has to see to, before everything else, until it is taken back with an empty text.
  void put_first(std::string warning);
  void something_happened();
  void look();  // now
  void end();

  std::string line() const;

 private:
  void look_in_a_second();

  const Engine& engine_;
  StorePulse& pulse_;
  Systemd& systemd_;
  boost::asio::steady_timer timer_;
  std::string warning_;
  bool waiting_ = false;
  bool ended_ = false;
};

}  // namespace fanout
