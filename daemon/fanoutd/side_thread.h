// One thread beside the loop, for what would keep it waiting: the store thread, and the one that reads large
// replies. It sleeps while there is nothing to do.
//
// Work that throws ends the process: whoever posts it catches. Ending it lets the current work end and drops
// the rest.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>

namespace fanout {

class SideThread {
 public:
  SideThread();

  boost::asio::any_io_executor executor() { return thread_->get_executor(); }
  void end();

 private:
  std::unique_ptr<boost::asio::thread_pool> thread_;
};

}  // namespace fanout
