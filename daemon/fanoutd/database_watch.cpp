#include "daemon/fanoutd/database_watch.h"

#include <fmt/format.h>
#include <sys/inotify.h>

#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/time.h"

namespace fanout {
namespace {

// Events of a busy daemon pile up in the kernel meanwhile, where equal ones are one.
constexpr milliseconds kPause{100};

[[noreturn]] void fail(const std::filesystem::path& what) {
  throw Error(
      fmt::format("cannot watch {}: {}", what.string(), std::strerror(errno)),
      "raise the limits: sysctl fs.inotify.max_user_instances=1024 fs.inotify.max_user_watches=65536");
}

}  // namespace

DatabaseWatch::DatabaseWatch(const boost::asio::any_io_executor& loop, std::filesystem::path database,
                             std::function<void()> changed)
    : log_(database += "-wal"), changed_(std::move(changed)), events_(loop), pause_(loop) {
  const int events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (events < 0) fail(log_);
  events_.assign(events);
  // The log is made anew when the last connection has closed the database, and by tools that move files
  // about.
  if (inotify_add_watch(events, log_.parent_path().c_str(), IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0) {
    fail(log_.parent_path());
  }
  watch_log();
  wait_for_events();
}

void DatabaseWatch::watch_log() {
  if (inotify_add_watch(events_.native_handle(), log_.c_str(), IN_MODIFY) < 0 && errno != ENOENT) fail(log_);
}

void DatabaseWatch::wait_for_events() {
  events_.async_read_some(boost::asio::buffer(buffer_), [this](boost::system::error_code error, std::size_t) {
    if (error) return;
    take_events();
  });
}

void DatabaseWatch::take_events() {
  watch_log();  // the same watch if it is the same file
  pause_.expires_after(kPause);
  pause_.async_wait([this](boost::system::error_code error) {
    if (!error) wait_for_events();
  });
  changed_();
}

}  // namespace fanout
