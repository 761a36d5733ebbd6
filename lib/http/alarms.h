// Time limits for sockets: when an alarm rings, its socket is closed, and whoever waits for it hears of that.
//
// Owned by the connection pool; lives on the loop. One timer serves all alarms and is set anew only for one
// that rings before it, so a request that ends in time costs no system call. The pool asks to be woken with
// it for its idle connections; with no alarm set and none of those, nothing wakes.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/set.hpp>
#include <functional>
#include <memory>

#include "base/time.h"

namespace fanout {

using SocketTime = boost::asio::steady_timer::time_point;

// Beside its socket, which outlives it. Unset by its end.
class Alarm
    : public boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  explicit Alarm(boost::asio::ip::tcp::socket& socket) : socket_(socket) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  void unset();
  bool rang() const { return rang_; }  // since it was last set
  SocketTime at() const { return at_; }
  friend bool operator<(const Alarm& a, const Alarm& b) { return a.at_ < b.at_; }

 private:
  friend class Alarms;
  boost::asio::ip::tcp::socket& socket_;
  SocketTime at_{};
  bool rang_ = false;
};

class Alarms : public std::enable_shared_from_this<Alarms> {
 public:
  explicit Alarms(const boost::asio::any_io_executor& loop) : timer_(loop), from_now_(loop) {}

  SocketTime in(milliseconds time);  // that far from now
  void set(Alarm& alarm, SocketTime at);

  // Called each time the timer has run out, with the time that is then; the answer is when to call again at
  // the latest, or SocketTime::max().
  void also(std::function<SocketTime(SocketTime)> wake) { also_ = std::move(wake); }
  void wake_by(SocketTime at);

 private:
  using Set = boost::intrusive::multiset<Alarm, boost::intrusive::constant_time_size<false>>;
  void ring();

  boost::asio::steady_timer timer_;
  boost::asio::steady_timer from_now_;  // nobody waits for it
  SocketTime wakes_at_ = SocketTime::max();
  std::function<SocketTime(SocketTime)> also_;
  Set set_;
};

}  // namespace fanout
