// One request on its way to a simulated vendor and back. Private to it.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "sim/timeline.h"
#include "vendor/transport.h"

namespace fanout::sim {

struct Call {
  Request request;
  Reply reply;
  milliseconds timeout{0};
  std::uint64_t order = 0;
  bool arrived = false;
  bool over = false;
  // Rings when the reply is there; it is no clock.
  std::optional<boost::asio::steady_timer> bell;
};

}  // namespace fanout::sim
