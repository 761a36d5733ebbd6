// When bytes arrived, as the kernel saw it. A vendor that the scheduler kept waiting reads a pile of requests
// at one moment; judged by that moment, a client that was evenly paced would be accused of a burst. Plain
// sockets only: below TLS the moment of reading has to do. Used by Listener and Connection, one thread.
#pragma once

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <optional>

#include "quantities.h"

namespace fanout_vendor {

// Asks for the stamps; inherited by what a listening socket accepts. Without them arrivals are read late.
void stamp_arrivals(int socket);

struct Received {
  std::size_t bytes = 0;  // 0: see error; without one the client closed
  int error = 0;          // errno
  Instant at{};           // when the last of the bytes arrived
};

// One recvmsg on a non-blocking socket.
Received receive(int socket, boost::asio::mutable_buffer into);

}  // namespace fanout_vendor
