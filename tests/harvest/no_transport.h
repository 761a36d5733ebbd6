// For what asks nobody.
#pragma once

#include "http/transport.h"

namespace fanout {

class NoTransport : public Transport {
 public:
  boost::asio::awaitable<Reply> ask(Request) override { co_return Reply{}; }
};

}  // namespace fanout
