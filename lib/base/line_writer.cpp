#include "base/line_writer.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace fanout {
namespace {

// How soon a thread whose reader hangs notices that nobody waits for it any more.
constexpr int kLookEveryMs = 100;

std::thread thread_without_signals(std::function<void()> work) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(work));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

LineWriter::LineWriter(int file, Confession dropped, std::size_t most_bytes)
    : file_(file), confession_(std::move(dropped)), most_bytes_(most_bytes) {
  thread_ = thread_without_signals([this] { work(); });
}

LineWriter::~LineWriter() {
  wait_until_written(std::chrono::seconds(1));
  {
    const std::lock_guard guard(mutex_);
    ending_ = true;
  }
  news_.notify_one();
  thread_.join();
}

void LineWriter::put(std::string line) {
  {
    const std::lock_guard guard(mutex_);
    // Those that come after a dropped one are dropped too, until all before it are written: no gap is hidden.
    if (dropped_ > 0 || bytes_ + line.size() > most_bytes_) {
      ++dropped_;
      return;
    }
    bytes_ += line.size();
    lines_.push_back(std::move(line));
  }
  news_.notify_one();
}

bool LineWriter::wait_until_written(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return written_.wait_for(lock, patience, [this] { return lines_.empty() && dropped_ == 0; });
}

void LineWriter::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    news_.wait(lock, [this] { return ending_ || !lines_.empty(); });
    if (ending_) return;
    const auto line = lines_.front();
    lock.unlock();
    if (!write(line)) return;
    lock.lock();
    bytes_ -= line.size();
    lines_.pop_front();
    if (lines_.empty() && dropped_ > 0) {
      lines_.push_back(confession_(std::exchange(dropped_, 0)));
      bytes_ += lines_.back().size();
    }
    if (lines_.empty()) written_.notify_all();
  }
}

// False if it is time to end.
bool LineWriter::write(const std::string& line) {
  for (std::size_t at = 0; at < line.size();) {
    if (!reader_takes_more()) return false;
    // A pipe with room takes this much without waiting.
    const auto part = std::min<std::size_t>(line.size() - at, PIPE_BUF);
    const auto written = ::write(file_, line.data() + at, part);
    if (written > 0) at += static_cast<std::size_t>(written);
    if (written < 0 && errno != EINTR && errno != EAGAIN) return true;  // nobody reads; the work goes on
  }
  return true;
}

// Waits for it; false if it is time to end.
bool LineWriter::reader_takes_more() {
  pollfd file{file_, POLLOUT, 0};
  while (poll(&file, 1, kLookEveryMs) == 0) {
    const std::lock_guard guard(mutex_);
    if (ending_) return false;
  }
  return true;
}

}  // namespace fanout
