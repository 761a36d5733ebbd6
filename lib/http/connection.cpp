#include "http/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/units.h"
#include "http/tls.h"

namespace fanout {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kFirstBuffer = 8 * 1024;
constexpr std::size_t kLargestBuffer = 128 * 1024;  // holds the largest head
constexpr std::size_t kFastBuffer = 64 * 1024;      // larger ones read no faster
constexpr int kMostInterim = 16;

constexpr auto kResult = asio::as_tuple(asio::use_awaitable);

bool is_end(const boost::system::error_code& error) {
  return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

}  // namespace

Connection::Connection(const asio::any_io_executor& loop, std::shared_ptr<SocketDeadlines> deadlines,
                       std::int64_t body_limit)
    : deadlines_(std::move(deadlines)), body_limit_(body_limit), socket_(loop) {}

asio::awaitable<Connection::Error> Connection::connect(tcp::endpoint endpoint) {
  Error error;
  socket_.close(error);
  std::tie(error) = co_await socket_.async_connect(endpoint, kResult);
  Error ignored;
  if (!error) socket_.set_option(tcp::no_delay(true), ignored);
  if (!error) socket_.non_blocking(true, error);
  co_return error;
}

asio::awaitable<Connection::Error> Connection::shake_hands(std::shared_ptr<asio::ssl::context> context,
                                                           std::string host) {
  context_ = std::move(context);
  tls_.emplace(socket_, *context_);
  expect_host(tls_->native_handle(), host);
  auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::client, kResult);
  co_return error;
}

std::string Connection::complaint_about_certificate() {
  return tls_ ? fanout::complaint_about_certificate(tls_->native_handle()) : std::string();
}

asio::awaitable<Reply> Connection::exchange(std::function<void()> sent) {
  silent_ = true;
  reusable_ = false;
  interim_ = 0;
  std::size_t written = 0;
  Error error = tls_ ? Error() : write_now(&written);
  if (!error && written < request_.size()) error = co_await write_rest(written);
  request_.clear();
  parser_.emplace(body_limit_);
  if (error) co_return lost(error);
  if (sent) sent();
  while (!parser_->done() && !parser_->failed()) {
    if (interim_ > kMostInterim) co_return parser_->take(Fault::bad_protocol, "it only ever says to wait");
    if (!make_room()) co_return parser_->take(Fault::bad_protocol, "a line of it is too long");
    std::size_t got = 0;
    const auto room = asio::buffer(buffer_.data() + end_, buffer_.size() - end_);
    if (tls_) {
      std::tie(error, got) = co_await tls_->async_read_some(room, kResult);
    } else {
      std::tie(error, got) = co_await socket_.async_read_some(room, kResult);
    }
    end_ += got;
    silent_ = silent_ && got == 0;
    if (got > 0) parse();
    if (error && !parser_->done() && !parser_->failed()) co_return lost(error);
  }
  reusable_ = parser_->done() && !parser_->failed() && parser_->keep_alive() && begin_ == end_;
  co_return parser_->take();
}

// A request nearly always fits into what the system buffers, so there is nothing to wait for.
Connection::Error Connection::write_now(std::size_t* written) {
  Error error;
  *written = socket_.write_some(asio::buffer(request_), error);
  return error == asio::error::would_block ? Error() : error;
}

asio::awaitable<Connection::Error> Connection::write_rest(std::size_t written) {
  const auto rest = asio::buffer(request_) + written;
  auto [error, size] = tls_ ? co_await asio::async_write(*tls_, rest, kResult)
                            : co_await asio::async_write(socket_, rest, kResult);
  co_return error;
}

// False when there is none to be had: what has come so far cannot be parsed, and is as long as it may be.
bool Connection::make_room() {
  if (begin_ > 0) {
    std::copy(buffer_.data() + begin_, buffer_.data() + end_, buffer_.data());
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.empty()) buffer_.resize(kFirstBuffer);
  if (end_ < buffer_.size()) return true;
  if (buffer_.size() >= kLargestBuffer) return false;
  buffer_.resize(buffer_.size() * 2);
  return true;
}

void Connection::parse() {
  const bool full = end_ == buffer_.size();
  do {
    begin_ += parser_->feed(buffer_.data() + begin_, end_ - begin_);
    if (parser_->failed() || !parser_->done() || !parser_->interim()) break;
    parser_.emplace(body_limit_);  // what counts is still to come
  } while (++interim_ <= kMostInterim && begin_ < end_);
  if (begin_ < end_) return;
  begin_ = end_ = 0;
  if (full && buffer_.size() < kFastBuffer) buffer_.resize(buffer_.size() * 2);
}

// The connection ended, one way or another.
Reply Connection::lost(const Error& error) {
  const bool begun = parser_->begun();
  const auto come =
      begun ? format_size(static_cast<std::int64_t>(parser_->body_size())) + " of its body had come"
            : std::string("not a byte had come");
  if (passed()) return parser_->take(Fault::timeout, come);
  if (!begun)
    return parser_->take(Fault::reset, is_end(error) ? "closed without an answer" : error.message());
  if (error != asio::error::eof) return parser_->take(Fault::truncated, error.message() + "; " + come);
  parser_->end_of_stream();
  return parser_->take();
}

void Connection::rest(SocketTime since) {
  deadline_.unset();
  idle_since_ = since;
  if (buffer_.size() > kFirstBuffer) std::vector<char>(kFirstBuffer).swap(buffer_);
}

bool Connection::stale() {
  std::array<char, 1> byte;
  Error error;
  socket_.receive(asio::buffer(byte), tcp::socket::message_peek, error);
  return error != asio::error::would_block;
}

}  // namespace fanout
