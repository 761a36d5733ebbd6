// One request on its way to a simulated vendor and back. Private to it.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "http/transport.h"
#include "sim/timeline.h"

namespace fanout::sim {

struct Call {
  Request request;
  Reply reply;
  milliseconds timeout{0};
  std::uint64_t order = 0;
  bool arrived = false;
  bool over = false;    // nobody waits for it any more
  bool orphan = false;  // … since the process died; the vendor goes on with it
  // Rings when the reply is there; it is no clock. Belongs to the coroutine that waits for it.
  boost::asio::steady_timer* bell = nullptr;
};

}  // namespace fanout::sim
