// Notices that the wall clock was set, or that the machine has slept: schedules are due at other times then.
//
// On the loop. A timer of the kernel that is cancelled by such a change; it never rings otherwise.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>

namespace fanout {

class ClockWatch {
 public:
  ClockWatch(const boost::asio::any_io_executor& loop, std::function<void()> changed);

 private:
  void arm();
  void wait();

  std::function<void()> changed_;
  boost::asio::posix::stream_descriptor timer_;
};

}  // namespace fanout
