#include "http/https_transport.h"

#include "base/units.h"
#include "http/connection_pool.h"
#include "http/dial.h"
#include "http/request_text.h"

namespace fanout {

namespace asio = boost::asio;

namespace {

Reply failed(Fault fault, std::string detail) {
  Reply reply;
  reply.fault = fault;
  reply.detail = std::move(detail);
  return reply;
}

asio::awaitable<Reply> ask_origin(std::shared_ptr<ConnectionPool> pool, Request request) {
  const VendorSpec& vendor = pool->vendor();
  const auto until = pool->deadlines().in(vendor.timeout);
  auto connection = pool->take(until - vendor.timeout);
  const bool kept = connection != nullptr;
  if (!kept) {
    connection = pool->unconnected();
    auto dialled = co_await dial(pool, connection.get(), until);
    if (dialled.fault != Fault::none) co_return failed(dialled.fault, std::move(dialled.detail));
  }
  append_request(request, pool->standing_headers(), &connection->request());
  connection->close_at(until);
  Reply reply = co_await connection->exchange(std::move(request.sent));
  reply.maybe_unread = kept && reply.fault == Fault::reset && connection->silent();
  if (reply.fault == Fault::timeout)
    reply.detail.insert(0, "within " + format_duration(vendor.timeout) + " ");
  if (connection->reusable()) pool->give_back(std::move(connection));
  co_return reply;
}

}  // namespace

HttpsTransport::HttpsTransport(asio::any_io_executor loop, const VendorSpec& vendor, Resolve resolve)
    : pool_(std::make_shared<ConnectionPool>(std::move(loop), vendor, std::move(resolve))) {}

HttpsTransport::~HttpsTransport() = default;

// Begins only when it is awaited, and by then the transport may be gone: it must not need `this`.
asio::awaitable<Reply> HttpsTransport::ask(Request request) { return ask_origin(pool_, std::move(request)); }

}  // namespace fanout
