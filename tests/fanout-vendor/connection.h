// One client's connection: reads requests, lets the judge decide each, and carries the verdict out, be it an
// answer, a stall or a reset. Owned by its own coroutine; every failure of the network ends the connection
// and nothing else. One thread.
#pragma once

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <optional>
#include <string>

#include "vendor.h"

namespace fanout_vendor {

// An operation that returns what went wrong rather than throw it.
inline constexpr auto kToResult = boost::asio::as_tuple(boost::asio::use_awaitable);

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Pointer = std::shared_ptr<Connection>;

  Connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<Vendor> vendor,
             boost::asio::ssl::context* tls);  // without tls it speaks plain HTTP
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  static boost::asio::awaitable<void> serve(Pointer self);

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  enum class Next { read, close };

  static boost::asio::awaitable<bool> shake_hands(Pointer self);
  static boost::asio::awaitable<bool> read_request(Pointer self);
  static boost::asio::awaitable<boost::system::error_code> read_plain(Pointer self);
  static boost::asio::awaitable<Next> handle(Pointer self);
  static boost::asio::awaitable<bool> write(Pointer self, std::string bytes);
  static boost::asio::awaitable<Next> carry_out(Pointer self, Verdict verdict);
  // Waits, at most for `pause`, for as long as the client is there; true when it still is.
  static boost::asio::awaitable<bool> stay(Pointer self, Duration pause);

  Verdict decide();
  Wish wish() const;
  void watch_for_leaving();
  bool client_left();

  std::shared_ptr<Vendor> vendor_;
  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  boost::asio::steady_timer pause_;
  boost::asio::steady_timer recheck_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Instant arrived_{};  // the request that is being handled
  bool readable_ = true;
  bool left_ = false;
  bool waiting_ = false;
  std::optional<InFlight> in_flight_;
};

}  // namespace fanout_vendor
