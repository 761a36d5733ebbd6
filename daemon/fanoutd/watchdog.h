// Feeds systemd's watchdog, but only when both threads move: a word goes from the loop to the store thread
// and back, and only its return feeds.
//
// On the loop. The one thing that wakes an idle daemon; without a watchdog there is no timer.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>

#include "base/time.h"

namespace fanout {

class Watchdog {
 public:
  Watchdog(boost::asio::any_io_executor loop, boost::asio::any_io_executor store, microseconds patience,
           std::function<void()> feed);

  // How long systemd waits to be fed, as it says in our environment; nothing if it does not watch.
  static std::optional<microseconds> patience_of_systemd();

 private:
  void wait();
  void ask_store_thread();

  boost::asio::any_io_executor loop_;
  boost::asio::any_io_executor store_;
  microseconds patience_;
  std::function<void()> feed_;
  boost::asio::steady_timer timer_;
};

}  // namespace fanout
