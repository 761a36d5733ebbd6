// Notices that the database was written to, by whomever: inotify on the write-ahead log.
//
// On the loop it was made with. `changed` is called soon after a write and at most ten times a second; our
// own writes count too. When nobody writes nothing happens, not even a timer. Throws Error where the system
// has no watch left.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>

namespace fanout {

class DatabaseWatch {
 public:
  // The database's folder must be there; its log need not.
  DatabaseWatch(const boost::asio::any_io_executor& loop, std::filesystem::path database,
                std::function<void()> changed);

 private:
  void watch_log();
  void wait_for_events();
  void take_events();

  std::filesystem::path log_;
  std::function<void()> changed_;
  boost::asio::posix::stream_descriptor events_;
  boost::asio::steady_timer pause_;
  alignas(8) std::array<char, 4096> buffer_{};
};

}  // namespace fanout
