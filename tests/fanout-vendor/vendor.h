// What all connections share: the judge, the log, the writer of replies and the list of open sockets. Held by
// shared_ptr from the listener and each connection, so it outlives every coroutine. One thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <unordered_set>

#include "judge.h"
#include "replies.h"
#include "request_log.h"

namespace fanout_vendor {

// Closes so that the client sees a reset, not an end.
inline void reset_socket(boost::asio::ip::tcp::socket& socket) {
  boost::system::error_code ignored;
  socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

struct Vendor {
  Vendor(Options options, Instant start)
      : judge(std::move(options)),
        log(judge.options().log, start),
        replies(judge.tree(), judge.options().retry_after) {}

  Judge judge;
  RequestLog log;
  Replies replies;
  std::unordered_set<boost::asio::ip::tcp::socket*> open;
  std::function<void()> on_first_request;  // starts the outages that need the listener
};

}  // namespace fanout_vendor
