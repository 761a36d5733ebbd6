// Listens, hands each client to a Connection, and is away during a refuse outage: the port is closed and the
// open connections are reset, then the same port is listened on again. One thread. A port that cannot be had,
// or a certificate, throws std::runtime_error, which ends the vendor.
#pragma once

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <memory>
#include <optional>

#include "vendor.h"

namespace fanout_vendor {

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  using Pointer = std::shared_ptr<Listener>;

  Listener(boost::asio::io_context& loop, std::shared_ptr<Vendor> vendor);

  void open();
  std::uint16_t port() const { return endpoint_.port(); }
  // Starts the refuse outages; the first request is what all outages count from.
  void first_request();

 private:
  static boost::asio::awaitable<void> accept(Pointer self);
  static boost::asio::awaitable<void> refuse(Pointer self, Duration start, Duration length);
  void close();

  boost::asio::io_context& loop_;
  std::shared_ptr<Vendor> vendor_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ip::tcp::endpoint endpoint_;
  std::optional<boost::asio::ssl::context> tls_;
  int refusing_ = 0;  // refuse outages may overlap
};

}  // namespace fanout_vendor
