// HTTP and HTTPS over Beast, with a pool of kept-alive connections to one origin.
//
// Owned by the vendor's gate; lives on the loop. Every failure is a Reply with a fault, never an exception.
// A kept-alive connection that the vendor closed while idle is replaced without a word, once per request and
// only when not one byte of a reply had come.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "config/spec.h"
#include "vendor/transport.h"

namespace fanout {

class ConnectionPool;

class HttpsTransport : public Transport {
 public:
  // Throws Error if the vendor's ca_file cannot be read.
  HttpsTransport(boost::asio::any_io_executor loop, const VendorSpec& vendor);
  ~HttpsTransport() override;

  boost::asio::awaitable<Reply> ask(Request request) override;

 private:
  std::shared_ptr<ConnectionPool> pool_;  // requests in flight keep it when the configuration changes
};

}  // namespace fanout
