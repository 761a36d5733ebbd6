// HTTP and HTTPS over Beast, with a pool of kept-alive connections to one origin.
//
// Owned by the vendor's gate; lives on the loop. Every failure is a Reply with a fault, never an exception.
// A kept connection that is known to be closed is replaced without a word; one that turns out to be closed
// when a request has been written to it is a reply that was maybe_unread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "http/name_lookup.h"
#include "http/transport.h"
#include "spec/config.h"

namespace fanout {

class ConnectionPool;

class HttpsTransport : public Transport {
 public:
  // Throws Error if the vendor's ca_file cannot be read.
  // resolve: how names become addresses.
  HttpsTransport(boost::asio::any_io_executor loop, const VendorSpec& vendor,
                 Resolve resolve = ask_name_service);
  ~HttpsTransport() override;

  boost::asio::awaitable<Reply> ask(Request request) override;

 private:
  std::shared_ptr<ConnectionPool> pool_;  // requests in flight keep it when the configuration changes
};

}  // namespace fanout
