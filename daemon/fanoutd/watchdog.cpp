#include "daemon/fanoutd/watchdog.h"

#include <systemd/sd-daemon.h>

#include <utility>

namespace fanout {

Watchdog::Watchdog(const boost::asio::any_io_executor& loop, StorePulse& pulse, microseconds patience,
                   std::function<void()> feed)
    : pulse_(pulse), patience_(patience), feed_(std::move(feed)), timer_(loop) {
  wait();
}

std::optional<microseconds> Watchdog::patience_of_systemd() {
  std::uint64_t patience = 0;
  if (sd_watchdog_enabled(0, &patience) <= 0 || patience == 0) return std::nullopt;
  return microseconds(patience);
}

void Watchdog::wait() {
  timer_.expires_after(patience_ / 8);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    pulse_.ask([this] {
      feed_();
      wait();
    });
  });
}

}  // namespace fanout
