#include "http/socket_deadlines.h"

#include <algorithm>

namespace fanout {

void SocketDeadline::unset() {
  if (is_linked()) unlink();
}

SocketTime SocketDeadlines::in(milliseconds time) {
  from_now_.expires_after(time);
  return from_now_.expiry();
}

void SocketDeadlines::set(SocketDeadline& deadline, SocketTime at) {
  deadline.unset();
  deadline.at_ = at;
  deadline.passed_ = false;
  set_.insert(set_.end(), deadline);  // nearly always the latest
  wake_by(at);
}

void SocketDeadlines::wake_by(SocketTime at) {
  if (at >= wakes_at_) return;
  wakes_at_ = at;
  timer_.expires_at(at);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (self && !error) self->close_due();
  });
}

void SocketDeadlines::close_due() {
  // One that was set for earlier meanwhile has its own wait.
  const auto now = in(milliseconds(0));
  if (wakes_at_ > now) return;
  wakes_at_ = SocketTime::max();
  while (!set_.empty() && set_.begin()->at_ <= now) {
    SocketDeadline& due = *set_.begin();
    due.unset();
    due.passed_ = true;
    boost::system::error_code ignored;
    due.socket_.close(ignored);
  }
  SocketTime next = also_ ? also_(now) : SocketTime::max();
  if (!set_.empty()) next = std::min(next, set_.begin()->at_);
  if (next != SocketTime::max()) wake_by(next);
}

}  // namespace fanout
