// How a connection comes about: name, addresses, TLS, all within connect_timeout. On the loop.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "http/connection_pool.h"

namespace fanout {

struct Dialled {
  Fault fault = Fault::none;
  std::string detail;
};

// Connects it, within connect_timeout and not past `until`. The caller keeps the connection until then.
boost::asio::awaitable<Dialled> dial(std::shared_ptr<ConnectionPool> pool, Connection* connection,
                                     SocketTime until);

}  // namespace fanout
