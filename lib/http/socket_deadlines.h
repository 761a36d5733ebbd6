// Time limits for sockets: when a deadline passes, its socket is closed, and whoever waits for it hears of
// that.
//
// Owned by the connection pool; lives on the loop. One timer serves all deadlines and is set anew only for
// one that is earlier, so a request that ends in time costs no system call. The pool asks to be woken with it
// for its idle connections; with no deadline set and none of those, nothing wakes.
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
class SocketDeadline
    : public boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  explicit SocketDeadline(boost::asio::ip::tcp::socket& socket) : socket_(socket) {}
  SocketDeadline(const SocketDeadline&) = delete;
  SocketDeadline& operator=(const SocketDeadline&) = delete;

  void unset();
  bool passed() const { return passed_; }  // since it was last set
  SocketTime at() const { return at_; }
  friend bool operator<(const SocketDeadline& a, const SocketDeadline& b) { return a.at_ < b.at_; }

 private:
  friend class SocketDeadlines;
  boost::asio::ip::tcp::socket& socket_;
  SocketTime at_{};
  bool passed_ = false;
};

class SocketDeadlines : public std::enable_shared_from_this<SocketDeadlines> {
 public:
  explicit SocketDeadlines(const boost::asio::any_io_executor& loop) : timer_(loop), from_now_(loop) {}

  SocketTime in(milliseconds time);  // that far from now
  void set(SocketDeadline& deadline, SocketTime at);

  // Called each time the timer has run out, with the time that is then; the answer is when to call again at
  // the latest, or SocketTime::max().
  void also(std::function<SocketTime(SocketTime)> wake) { also_ = std::move(wake); }
  void wake_by(SocketTime at);

 private:
  using Set = boost::intrusive::multiset<SocketDeadline, boost::intrusive::constant_time_size<false>>;
  void close_due();

  boost::asio::steady_timer timer_;
  boost::asio::steady_timer from_now_;  // nobody waits for it
  SocketTime wakes_at_ = SocketTime::max();
  std::function<SocketTime(SocketTime)> also_;
  Set set_;
};

}  // namespace fanout
