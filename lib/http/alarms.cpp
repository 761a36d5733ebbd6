#include "http/alarms.h"

#include <algorithm>

namespace fanout {

void Alarm::unset() {
  if (is_linked()) unlink();
}

SocketTime Alarms::in(milliseconds time) {
  from_now_.expires_after(time);
  return from_now_.expiry();
}

void Alarms::set(Alarm& alarm, SocketTime at) {
  alarm.unset();
  alarm.at_ = at;
  alarm.rang_ = false;
  set_.insert(set_.end(), alarm);  // nearly always the latest
  wake_by(at);
}

void Alarms::wake_by(SocketTime at) {
  if (at >= wakes_at_) return;
  wakes_at_ = at;
  timer_.expires_at(at);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (self && !error) self->ring();
  });
}

void Alarms::ring() {
  // One that was set for earlier meanwhile has its own wait.
  const auto now = in(milliseconds(0));
  if (wakes_at_ > now) return;
  wakes_at_ = SocketTime::max();
  while (!set_.empty() && set_.begin()->at_ <= now) {
    Alarm& due = *set_.begin();
    due.unset();
    due.rang_ = true;
    boost::system::error_code ignored;
    due.socket_.close(ignored);
  }
  SocketTime next = also_ ? also_(now) : SocketTime::max();
  if (!set_.empty()) next = std::min(next, set_.begin()->at_);
  if (next != SocketTime::max()) wake_by(next);
}

}  // namespace fanout
