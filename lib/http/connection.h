// One connection to an origin: a request goes out, a reply comes in, one at a time.
//
// Owned by whoever took it from the pool, or by the pool while it is idle; lives on the loop. Its time limit
// is a deadline that closes the socket. Failures of the network are values.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "http/reply_parser.h"
#include "http/socket_deadlines.h"

namespace fanout {

class Connection {
 public:
  using Error = boost::system::error_code;

  Connection(const boost::asio::any_io_executor& loop, std::shared_ptr<SocketDeadlines> deadlines,
             std::int64_t body_limit);

  // ---- to be connected; see dial.h. Each is over at once when the deadline passes.

  boost::asio::awaitable<Error> connect(boost::asio::ip::tcp::endpoint endpoint);
  // Keeps the context.
  boost::asio::awaitable<Error> shake_hands(std::shared_ptr<boost::asio::ssl::context> context,
                                            std::string host);
  std::string complaint_about_certificate();  // empty if that was not it

  // ---- limits

  void close_at(SocketTime at) { deadlines_->set(deadline_, at); }
  bool passed() const { return deadline_.passed(); }

  // ---- to be used

  // The request as it is to be written; filled by the caller, empty again when it has been.
  std::string& request() { return request_; }
  // Writes it, says `sent`, and reads the reply.
  boost::asio::awaitable<Reply> exchange(std::function<void()> sent);
  // Whether not one byte of a reply came in the last exchange.
  bool silent() const { return silent_; }
  // Whether another request may follow.
  bool reusable() const { return reusable_ && socket_.is_open(); }

  // Its deadline is off and it holds little memory. since: when it became idle.
  void rest(SocketTime since);
  SocketTime idle_since() const { return idle_since_; }
  // Whether the other side has closed it since, or said anything, which nobody asked for.
  bool stale();

 private:
  boost::asio::awaitable<Error> write_rest(std::size_t written);
  Error write_now(std::size_t* written);
  bool make_room();
  void parse();
  Reply lost(const Error& error);

  const std::shared_ptr<SocketDeadlines> deadlines_;
  const std::int64_t body_limit_;
  boost::asio::ip::tcp::socket socket_;
  SocketDeadline deadline_{socket_};
  std::shared_ptr<boost::asio::ssl::context> context_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  std::string request_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of what has been read but not parsed
  std::size_t end_ = 0;
  std::optional<ReplyParser> parser_;
  int interim_ = 0;
  bool silent_ = true;
  bool reusable_ = false;
  SocketTime idle_since_{};
};

}  // namespace fanout
