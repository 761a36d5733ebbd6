// Keeps systemd's line of status true: looked at after each write to the database, and every second while a
// run is open. With nothing to do there is no timer.
//
// On the loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/fanoutd/systemd.h"
#include "harvest/engine.h"

namespace fanout {

class StatusLine {
 public:
  StatusLine(const boost::asio::any_io_executor& loop, const Engine& engine, Systemd& systemd);

  void something_happened();
  void end();

 private:
  void look_in_a_second();

  const Engine& engine_;
  Systemd& systemd_;
  boost::asio::steady_timer timer_;
  bool waiting_ = false;
  bool ended_ = false;
};

}  // namespace fanout
