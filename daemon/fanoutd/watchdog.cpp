#include "daemon/fanoutd/watchdog.h"

#include <systemd/sd-daemon.h>

#include <boost/asio/post.hpp>
#include <utility>

namespace fanout {

Watchdog::Watchdog(boost::asio::any_io_executor loop, boost::asio::any_io_executor store,
                   microseconds patience, std::function<void()> feed)
    : loop_(std::move(loop)),
      store_(std::move(store)),
      patience_(patience),
      feed_(std::move(feed)),
      timer_(loop_) {
  wait();
}

std::optional<microseconds> Watchdog::patience_of_systemd() {
  std::uint64_t patience = 0;
  if (sd_watchdog_enabled(0, &patience) <= 0 || patience == 0) return std::nullopt;
  return microseconds(patience);
}

void Watchdog::wait() {
  timer_.expires_after(patience_ / 2);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) ask_store_thread();
  });
}

void Watchdog::ask_store_thread() {
  boost::asio::post(store_, [this] {
    boost::asio::post(loop_, [this] {
      feed_();
      wait();
    });
  });
}

}  // namespace fanout
