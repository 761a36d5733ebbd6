// Notices that the database was written to, by whomever, and that it is no longer where it was: inotify on
// the write-ahead log and on the folder.
//
// On the loop it was made with. `changed` is called soon after a write and at most ten times a second; our
// own writes count too. `gone` is called at once, with what was removed, moved or replaced, and nothing after
// it. When nobody writes nothing happens, not even a timer. Throws Error where the system has no watch left.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <string>

#include "daemon/fanoutd/files_in_place.h"

namespace fanout {

class DatabaseWatch {
 public:
  // files: as they were when the database was opened.
  DatabaseWatch(const boost::asio::any_io_executor& loop, const std::filesystem::path& database,
                FilesInPlace files, std::function<void()> changed, std::function<void(std::string)> gone);

 private:
  void watch_log();
  void wait_for_events();
  void take_events();

  std::filesystem::path log_;
  FilesInPlace files_;
  std::function<void()> changed_;
  std::function<void(std::string)> gone_;
  boost::asio::posix::stream_descriptor events_;
  boost::asio::steady_timer pause_;
  alignas(8) std::array<char, 4096> buffer_{};
};

}  // namespace fanout
