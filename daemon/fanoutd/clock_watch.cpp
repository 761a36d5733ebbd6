#include "daemon/fanoutd/clock_watch.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>

namespace fanout {

ClockWatch::ClockWatch(const boost::asio::any_io_executor& loop, std::function<void()> changed)
    : changed_(std::move(changed)), timer_(loop) {
  const int timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (timer < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
  timer_.assign(timer);
  arm();
  wait();
}

void ClockWatch::arm() {
  itimerspec never{};
  never.it_value.tv_sec = std::numeric_limits<time_t>::max();
  if (timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr) !=
      0) {
    throw std::system_error(errno, std::generic_category(), "timerfd_settime");
  }
}

void ClockWatch::wait() {
  timer_.async_wait(
      boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
        if (error) return;
        std::uint64_t rung = 0;
        const bool set = read(timer_.native_handle(), &rung, sizeof rung) < 0 && errno == ECANCELED;
        if (set) arm();
        wait();
        if (set) changed_();
      });
}

}  // namespace fanout
