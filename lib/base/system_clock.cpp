#include "base/system_clock.h"

#include <time.h>

#include <boost/asio/steady_timer.hpp>
#include <fstream>

namespace fanout {
namespace {

class TimerAlarm : public Alarm {
 public:
  TimerAlarm(const boost::asio::any_io_executor& loop, const Clock& clock, std::function<void()> ring)
      : clock_(clock), timer_(loop), ring_(std::make_shared<std::function<void()>>(std::move(ring))) {}

  void set(MonoTime at) override {
    // The timer counts CLOCK_MONOTONIC, which stops while the machine sleeps. Ringing late after a sleep is
    // harmless: whoever is woken looks at the clock again.
    timer_.expires_after(at - clock_.mono());
    timer_.async_wait([ring = std::weak_ptr(ring_)](boost::system::error_code error) {
      if (error) return;
      if (const auto still_there = ring.lock()) (*still_there)();
    });
  }

  void cancel() override { timer_.cancel(); }

 private:
  const Clock& clock_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<std::function<void()>> ring_;
};

microseconds read(clockid_t clock) {
  timespec at{};
  clock_gettime(clock, &at);
  return seconds(at.tv_sec) + std::chrono::floor<microseconds>(std::chrono::nanoseconds(at.tv_nsec));
}

}  // namespace

SystemClock::SystemClock(boost::asio::any_io_executor loop) : loop_(std::move(loop)) {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::getline(file, boot_);
}

WallTime SystemClock::wall() const {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

MonoTime SystemClock::mono() const { return MonoTime(read(CLOCK_BOOTTIME)); }
microseconds SystemClock::monotonic() const { return read(CLOCK_MONOTONIC); }

std::string SystemClock::boot() const { return boot_; }

std::unique_ptr<Alarm> SystemClock::alarm(std::function<void()> ring) {
  return std::make_unique<TimerAlarm>(loop_, *this, std::move(ring));
}

}  // namespace fanout
