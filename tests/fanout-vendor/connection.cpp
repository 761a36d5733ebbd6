#include "connection.h"

#include <poll.h>

#include <cerrno>
#include <utility>

#include "arrival.h"

namespace fanout_vendor {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Error = boost::system::error_code;

// Each co_await stands in a statement of its own, never in a condition: g++ 12.2 miscompiles
// "if (a && !co_await f(self)) co_return;" followed by "while (co_await g(self))", and it ends in SIGILL.
constexpr std::size_t kMaxBody = 64 * 1024;
constexpr std::size_t kMaxHeader = 64 * 1024;
constexpr std::size_t kReadSize = 4 * 1024;
constexpr Duration kForEver = std::chrono::hours(24 * 365);
constexpr Duration kRecheck = std::chrono::milliseconds(20);

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Connection::Connection(tcp::socket socket, std::shared_ptr<Vendor> vendor, asio::ssl::context* tls)
    : vendor_(std::move(vendor)),
      socket_(std::move(socket)),
      pause_(socket_.get_executor()),
      recheck_(socket_.get_executor()) {
  Error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  if (tls != nullptr) tls_.emplace(socket_, *tls);
  vendor_->open.insert(&socket_);
}

Connection::~Connection() { vendor_->open.erase(&socket_); }

asio::awaitable<void> Connection::serve(Pointer self) {
  const bool greeted = co_await shake_hands(self);
  Next next = greeted ? Next::read : Next::close;
  while (next == Next::read) {
    const bool asked = co_await read_request(self);
    if (!asked) break;
    next = co_await handle(self);
  }
}

asio::awaitable<bool> Connection::shake_hands(Pointer self) {
  if (!self->tls_) co_return true;
  const auto [error] = co_await self->tls_->async_handshake(asio::ssl::stream_base::server, kToResult);
  co_return !error;
}

// False at the end of the connection. What is no HTTP counts as a request that cannot be read.
asio::awaitable<bool> Connection::read_request(Pointer self) {
  auto& parser = self->parser_.emplace();
  parser.body_limit(kMaxBody);
  parser.header_limit(kMaxHeader);
  Error error;
  if (self->tls_) {
    const auto result = co_await http::async_read(*self->tls_, self->buffer_, parser, kToResult);
    error = std::get<0>(result);
    self->arrived_ = std::chrono::steady_clock::now();
  } else {
    const Error plain_error = co_await read_plain(self);
    error = plain_error;
  }
  const bool not_http = error.category() == http::make_error_code(http::error::bad_method).category() &&
                        error != http::error::end_of_stream && error != http::error::partial_message;
  self->readable_ = !not_http;
  co_return !error || not_http;
}

// As http::async_read does it, but with the kernel's word on when the bytes arrived.
asio::awaitable<Error> Connection::read_plain(Pointer self) {
  auto& parser = *self->parser_;
  parser.eager(true);
  while (true) {
    if (self->buffer_.size() > 0) {
      Error error;
      self->buffer_.consume(parser.put(self->buffer_.data(), error));
      if (error && error != http::error::need_more) co_return error;
      if (parser.is_done()) co_return Error{};
    }
    const auto [error] = co_await self->socket_.async_wait(tcp::socket::wait_read, kToResult);
    if (error) co_return error;
    const Received received = receive(self->socket_.native_handle(), self->buffer_.prepare(kReadSize));
    self->buffer_.commit(received.bytes);
    if (received.bytes > 0) self->arrived_ = received.at;
    if (received.bytes > 0 || received.error == EAGAIN) continue;
    if (received.error == 0) co_return http::make_error_code(http::error::end_of_stream);
    co_return Error(received.error, boost::system::system_category());
  }
}

Wish Connection::wish() const {
  const auto& request = parser_->get();
  const auto& options = vendor_->judge.options();
  Wish wish;
  wish.head = request.method() == http::verb::head;
  wish.keep_alive = readable_ && parser_->keep_alive();
  if (options.gzip || options.deflate) {
    wish.coding = negotiate(view(request[http::field::accept_encoding]), options.gzip, options.deflate);
  }
  return wish;
}

asio::awaitable<Connection::Next> Connection::handle(Pointer self) {
  const auto target = view(self->parser_->get().target());
  if (target == "/__report" || target == "/__healthz") {
    const Wish wish = self->wish();
    auto bytes = target == "/__report"
                     ? Replies::plain("application/json", self->vendor_->judge.report(), wish)
                     : Replies::plain("text/plain", "ok\n", wish);
    const bool written = co_await write(self, std::move(bytes));
    co_return written&& wish.keep_alive ? Next::read : Next::close;
  }
  const Verdict verdict = self->decide();
  const Next next = co_await carry_out(self, verdict);
  self->in_flight_.reset();
  co_return next;
}

Verdict Connection::decide() {
  const auto& request = parser_->get();
  const auto target = view(request.target());
  const bool known = request.method() == http::verb::get || request.method() == http::verb::head;
  auto [verdict, in_flight] =
      vendor_->judge.decide({target, view(request[http::field::authorization]), known, readable_}, arrived_);
  in_flight_.emplace(std::move(in_flight));
  if (vendor_->log.append(verdict, target)) {
    asio::post(socket_.get_executor(), [vendor = vendor_] { vendor->log.flush(); });
  }
  if (verdict.number == 1 && vendor_->on_first_request) vendor_->on_first_request();
  return verdict;
}

asio::awaitable<Connection::Next> Connection::carry_out(Pointer self, Verdict verdict) {
  auto& judge = self->vendor_->judge;
  if (verdict.why == Why::stall) {
    co_await stay(self, kForEver);
    co_return Next::close;
  }
  const bool there = co_await stay(self, verdict.latency);
  if (!there) {
    judge.unanswered(verdict);
    co_return Next::close;
  }
  if (verdict.status == 0) {
    reset_socket(self->socket_);
    co_return Next::close;
  }
  const Wish wish = self->wish();
  auto bytes = self->vendor_->replies.answer(verdict, wish, std::chrono::system_clock::now());
  const bool written = co_await write(self, std::move(bytes));
  if (!written) {
    judge.unanswered(verdict);
    co_return Next::close;
  }
  judge.answered(verdict);
  co_return verdict.why != Why::truncate&& wish.keep_alive ? Next::read : Next::close;
}

asio::awaitable<bool> Connection::write(Pointer self, std::string bytes) {
  if (self->tls_) {
    const auto [error, count] = co_await asio::async_write(*self->tls_, asio::buffer(bytes), kToResult);
    co_return !error;
  }
  const auto [error, count] = co_await asio::async_write(self->socket_, asio::buffer(bytes), kToResult);
  co_return !error;
}

asio::awaitable<bool> Connection::stay(Pointer self, Duration pause) {
  if (pause == Duration::zero()) co_return true;
  self->waiting_ = true;
  self->pause_.expires_after(pause);
  if (!self->vendor_->judge.options().oblivious) self->watch_for_leaving();
  co_await self->pause_.async_wait(kToResult);
  self->waiting_ = false;
  self->recheck_.cancel();
  Error ignored;
  self->socket_.cancel(ignored);
  co_return !self->left_;
}

// A request whose client is gone is no longer in flight, from this very moment: else a client that was killed
// and came back would be accused of what its former life asked.
void Connection::watch_for_leaving() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](Error) {
    if (!self->waiting_) return;
    if (self->client_left()) {
      self->left_ = true;
      self->in_flight_.reset();
      self->pause_.cancel();
      return;
    }
    // Bytes are waiting (a pipelined request, or TLS's goodbye), so the socket stays readable: look later.
    self->recheck_.expires_after(kRecheck);
    self->recheck_.async_wait([self](Error error) {
      if (!error && self->waiting_) self->watch_for_leaving();
    });
  });
}

bool Connection::client_left() {
  if (!socket_.is_open()) return true;
  pollfd socket{socket_.native_handle(), POLLRDHUP, 0};
  return ::poll(&socket, 1, 0) > 0;
}

}  // namespace fanout_vendor
