// The clock of this machine. Its alarms ring on the executor that it was made with, which is the loop's.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "base/clock.h"

namespace fanout {

class SystemClock : public Clock {
 public:
  explicit SystemClock(boost::asio::any_io_executor loop);

  WallTime wall() const override;
  MonoTime mono() const override;
  std::string boot() const override;
  // CLOCK_MONOTONIC, which systemd counts in. For nothing else: it stops while the machine sleeps.
  microseconds monotonic() const;
  std::unique_ptr<Alarm> alarm(std::function<void()> ring) override;

 private:
  boost::asio::any_io_executor loop_;
  std::string boot_;
};

}  // namespace fanout
