// The connections to one origin that are idle, and what it takes to make another.
//
// Owned by the transport, and by each request in flight; lives on the loop. The one that was used last goes
// first, so that what is too much becomes idle and is closed. How many there are is bounded by how many
// requests are in flight at once.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/context.hpp>
#include <deque>
#include <memory>
#include <string>

#include "http/connection.h"
#include "http/name_lookup.h"
#include "spec/config.h"

namespace fanout {

class ConnectionPool {
 public:
  // Throws Error if the vendor's ca_file cannot be read.
  ConnectionPool(boost::asio::any_io_executor loop, const VendorSpec& vendor, Resolve resolve);
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // An idle one that is still open as far as anybody knows; nothing if there is none.
  std::unique_ptr<Connection> take(SocketTime now);
  std::unique_ptr<Connection> unconnected() const;
  void give_back(std::unique_ptr<Connection> connection);

  const boost::asio::any_io_executor& loop() const { return loop_; }
  const VendorSpec& vendor() const { return vendor_; }
  SocketDeadlines& deadlines() { return *deadlines_; }
  const std::string& standing_headers() const { return standing_headers_; }
  const std::shared_ptr<boost::asio::ssl::context>& tls() const { return tls_; }  // null for plain HTTP
  // The question to the name service that is under way, or a new one.
  std::shared_ptr<NameLookup> lookup();
  boost::asio::ip::tcp::endpoint& answering() { return answering_; }  // the last that took a connection

 private:
  SocketTime drop_idle(SocketTime now);

  const boost::asio::any_io_executor loop_;
  const VendorSpec vendor_;
  const std::string standing_headers_;
  const std::shared_ptr<boost::asio::ssl::context> tls_;
  const std::shared_ptr<SocketDeadlines> deadlines_;
  const Resolve resolve_;
  std::shared_ptr<NameLookup> lookup_;
  boost::asio::ip::tcp::endpoint answering_;
  std::deque<std::unique_ptr<Connection>> idle_;  // longest idle first
};

}  // namespace fanout
