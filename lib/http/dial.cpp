#include "http/dial.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

#include "base/units.h"

namespace fanout {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// One question to the name service, for all connections that want to know at that time. Neither can be called
// off once it has begun, so each waits on a timer of its own and the answer cuts that short.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& loop) : resolver(loop) {}

  tcp::resolver resolver;
  bool done = false;
  error_code error;
  std::vector<tcp::endpoint> endpoints;
  std::vector<std::shared_ptr<asio::steady_timer>> waiting;
};

namespace {

std::shared_ptr<Lookup> ask_name_service(ConnectionPool& pool) {
  auto lookup = std::make_shared<Lookup>(pool.loop());
  pool.lookup() = lookup;
  const auto& url = pool.vendor().base_url;
  lookup->resolver.async_resolve(url.host, url.port, tcp::resolver::numeric_service,
                                 [lookup](error_code error, const tcp::resolver::results_type& found) {
                                   lookup->done = true;
                                   lookup->error = error;
                                   for (const auto& entry : found)
                                     lookup->endpoints.push_back(entry.endpoint());
                                   for (const auto& timer : lookup->waiting) timer->cancel();
                                 });
  return lookup;
}

// What is known by `until`.
asio::awaitable<std::shared_ptr<const Lookup>> look_up(std::shared_ptr<ConnectionPool> pool,
                                                       SocketTime until) {
  const auto& url = pool->vendor().base_url;
  error_code no_address;
  const auto address = asio::ip::make_address(url.host, no_address);
  if (!no_address) {
    auto known = std::make_shared<Lookup>(pool->loop());
    known->done = true;
    known->endpoints.emplace_back(address, static_cast<std::uint16_t>(std::stoi(url.port)));
    co_return known;
  }
  auto lookup = pool->lookup().lock();
  if (!lookup || lookup->done) lookup = ask_name_service(*pool);
  auto timer = std::make_shared<asio::steady_timer>(pool->loop(), until);
  lookup->waiting.push_back(timer);
  co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
  co_return lookup;
}

// What this machine has run out of is no word of the vendor's.
bool is_ours(const error_code& error) {
  namespace errc = boost::system::errc;
  for (const auto each : {errc::too_many_files_open, errc::too_many_files_open_in_system,
                          errc::no_buffer_space, errc::not_enough_memory, errc::address_not_available}) {
    if (error == each) return true;
  }
  return false;
}

std::string place(const BaseUrl& url) {
  return url.host.find(':') == std::string::npos ? url.host + ":" + url.port
                                                 : "[" + url.host + "]:" + url.port;
}

Dialled too_late(const VendorSpec& vendor, const char* what) {
  return {Fault::connect_timeout, fmt::format("{} {} within {}", place(vendor.base_url), what,
                                              format_duration(vendor.connect_timeout))};
}

asio::awaitable<Dialled> shake_hands(std::shared_ptr<ConnectionPool> pool, Connection* connection,
                                     SocketTime until) {
  const VendorSpec& vendor = pool->vendor();
  connection->close_at(until);
  const auto error = co_await connection->shake_hands(pool->tls(), vendor.base_url.host);
  if (!error) co_return Dialled{};
  const auto where = place(vendor.base_url);
  if (connection->passed()) co_return too_late(vendor, "did not finish the TLS handshake");
  const auto complaint = connection->complaint_about_certificate();
  if (!complaint.empty()) co_return Dialled{Fault::bad_certificate, where + ": " + complaint};
  const bool speaks_tls_badly = error.category() == asio::error::get_ssl_category();
  if (speaks_tls_badly) co_return Dialled{Fault::bad_protocol, where + ", TLS: " + error.message()};
  co_return Dialled{Fault::reset, where + ", in the TLS handshake: " + error.message()};
}

}  // namespace

asio::awaitable<Dialled> dial(std::shared_ptr<ConnectionPool> pool, Connection* connection,
                              SocketTime until) {
  const VendorSpec& vendor = pool->vendor();
  until = std::min(until, pool->deadlines().in(vendor.connect_timeout));
  const auto found = co_await look_up(pool, until);
  if (!found->done) co_return too_late(vendor, "was not resolved");
  if (found->error || found->endpoints.empty()) {
    co_return Dialled{
        is_ours(found->error) ? Fault::no_room_here : Fault::unresolved,
        vendor.base_url.host + ": " + (found->error ? found->error.message() : "it has no address")};
  }
  // Copied: the next connection's answer may be another one.
  const std::vector<tcp::endpoint> endpoints = found->endpoints;
  error_code error;
  bool passed = false;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    // One that swallows everything leaves the others their share of the time.
    const auto now = pool->deadlines().in(milliseconds(0));
    connection->close_at(now + (until - now) / static_cast<std::int64_t>(endpoints.size() - i));
    error = co_await connection->connect(endpoints[i]);
    passed = connection->passed();
    if (!error && !passed) break;
  }
  if (passed || error == asio::error::timed_out) co_return too_late(vendor, "did not accept");
  if (error) {
    co_return Dialled{is_ours(error) ? Fault::no_room_here : Fault::refused,
                      place(vendor.base_url) + ": " + error.message()};
  }
  if (!pool->tls()) co_return Dialled{};
  co_return co_await shake_hands(pool, connection, until);
}

}  // namespace fanout
