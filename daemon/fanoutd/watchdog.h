// Feeds systemd's watchdog, but only when both threads move: only the store thread's answer feeds.
//
// On the loop. The one thing that wakes an idle daemon; without a watchdog there is no timer. It asks eight
// times within systemd's patience: a disk that stands still for three quarters of that kills nobody.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>

#include "base/time.h"
#include "daemon/fanoutd/store_pulse.h"

namespace fanout {

class Watchdog {
 public:
  Watchdog(const boost::asio::any_io_executor& loop, StorePulse& pulse, microseconds patience,
           std::function<void()> feed);

  // How long systemd waits to be fed, as it says in our environment; nothing if it does not watch.
  static std::optional<microseconds> patience_of_systemd();

 private:
  void wait();

  StorePulse& pulse_;
  microseconds patience_;
  std::function<void()> feed_;
  boost::asio::steady_timer timer_;
};

}  // namespace fanout
