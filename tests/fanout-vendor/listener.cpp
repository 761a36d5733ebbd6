#include "listener.h"

#include <fmt/format.h>

#include <exception>
#include <stdexcept>

#include "arrival.h"
#include "connection.h"

namespace fanout_vendor {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

constexpr int kBacklog = 4096;
constexpr auto kAcceptPause = std::chrono::milliseconds(10);

// What a coroutine throws is this program's own failure: it leaves io_context::run and reaches main.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::ssl::context make_tls(const Options& options) {
  asio::ssl::context tls(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  tls.use_certificate_chain_file(options.tls_cert.string());
  tls.use_private_key_file(options.tls_key.string(), asio::ssl::context::pem);
  return tls;
}

}  // namespace

Listener::Listener(asio::io_context& loop, std::shared_ptr<Vendor> vendor)
    : loop_(loop), vendor_(std::move(vendor)), acceptor_(loop) {
  const auto& options = vendor_->judge.options();
  endpoint_ = tcp::endpoint(asio::ip::make_address(options.host), options.port);
  if (!options.tls_cert.empty()) tls_.emplace(make_tls(options));
}

void Listener::open() {
  acceptor_.open(endpoint_.protocol());
  acceptor_.set_option(asio::socket_base::reuse_address(true));
  Error error;
  acceptor_.bind(endpoint_, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (error) {
    const auto& host = vendor_->judge.options().host;
    throw std::runtime_error(
        fmt::format("cannot listen on {} port {}: {}", host, endpoint_.port(), error.message()));
  }
  stamp_arrivals(acceptor_.native_handle());
  endpoint_ = acceptor_.local_endpoint();  // the same port again after an outage
  asio::co_spawn(loop_, accept(shared_from_this()), rethrow);
}

void Listener::close() {
  Error ignored;
  acceptor_.close(ignored);
  for (auto* socket : vendor_->open) reset_socket(*socket);
}

asio::awaitable<void> Listener::accept(Pointer self) {
  while (true) {
    auto [error, socket] = co_await self->acceptor_.async_accept(kToResult);
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
    if (error) {  // out of descriptors, mostly: others must end first
      asio::steady_timer pause(self->loop_, kAcceptPause);
      co_await pause.async_wait(kToResult);
      continue;
    }
    auto* tls = self->tls_ ? &*self->tls_ : nullptr;
    auto connection = std::make_shared<Connection>(std::move(socket), self->vendor_, tls);
    asio::co_spawn(self->loop_, Connection::serve(std::move(connection)), rethrow);
  }
}

void Listener::first_request() {
  for (const auto& outage : vendor_->judge.options().outages) {
    if (outage.mode != Outage::Mode::refuse) continue;
    asio::co_spawn(loop_, refuse(shared_from_this(), outage.start, outage.length), rethrow);
  }
}

asio::awaitable<void> Listener::refuse(Pointer self, Duration start, Duration length) {
  asio::steady_timer timer(self->loop_, start);
  co_await timer.async_wait(kToResult);
  if (++self->refusing_ == 1) self->close();
  timer.expires_at(timer.expiry() + length);
  co_await timer.async_wait(kToResult);
  if (--self->refusing_ == 0) self->open();
}

}  // namespace fanout_vendor
