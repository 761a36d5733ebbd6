#include "daemon/fanoutd/database_watch.h"

#include <fmt/format.h>
#include <sys/inotify.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
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
  if (errno == ENOENT) {
    throw Error(fmt::format("{} was removed or moved away while the daemon started", what.string()),
                "put it back, and start again");
  }
  throw Error(
      fmt::format("cannot watch {}: {}", what.string(), std::strerror(errno)),
      "raise the limits: sysctl fs.inotify.max_user_instances=1024 fs.inotify.max_user_watches=65536");
}

}  // namespace

DatabaseWatch::DatabaseWatch(const boost::asio::any_io_executor& loop, const std::filesystem::path& database,
                             FilesInPlace files, std::function<void()> changed,
                             std::function<void(std::string)> gone)
    : log_(database.string() + "-wal"),
      files_(std::move(files)),
      changed_(std::move(changed)),
      gone_(std::move(gone)),
      events_(loop),
      pause_(loop) {
  const int events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (events < 0) fail(log_);
  events_.assign(events);
  // The log is made anew when the last connection has closed the database, and by tools that move files
  // about.
  constexpr auto kComesOrGoes =
      IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MOVE_SELF | IN_DELETE_SELF | IN_ONLYDIR;
  if (inotify_add_watch(events, log_.parent_path().c_str(), kComesOrGoes) < 0) {
    fail(log_.parent_path());
  }
  watch_log();
  // What went before there was a watch brings no event.
  boost::asio::post(loop, [this] {
    if (auto what = files_.what_is_gone(); !what.empty()) gone_(std::move(what));
  });
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
  if (auto what = files_.what_is_gone(); !what.empty()) return gone_(std::move(what));
  watch_log();  // the same watch if it is the same file
  pause_.expires_after(kPause);
  pause_.async_wait([this](boost::system::error_code error) {
    if (!error) wait_for_events();
  });
  changed_();
}

}  // namespace fanout
