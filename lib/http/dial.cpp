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

namespace {

// What is known by `until`.
asio::awaitable<std::shared_ptr<const NameLookup>> look_up(std::shared_ptr<ConnectionPool> pool,
                                                           SocketTime until) {
  auto lookup = pool->lookup();
  auto timer = std::make_shared<asio::steady_timer>(pool->loop(), until);
  if (!lookup->done()) {
    lookup->wakes(timer);
    co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return lookup;
}

// An address that is one needs no name service.
std::vector<tcp::endpoint> written_address(const BaseUrl& url) {
  error_code no_address;
  const auto address = asio::ip::make_address(url.host, no_address);
  if (no_address) return {};
  return {tcp::endpoint(address, static_cast<std::uint16_t>(std::stoi(url.port)))};
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
  auto endpoints = written_address(vendor.base_url);
  if (endpoints.empty()) {
    const auto lookup = co_await look_up(pool, until);
    if (!lookup->done()) co_return too_late(vendor, "was not resolved");
    const auto& error = lookup->found().error;
    endpoints = lookup->found().endpoints;
    if (error || endpoints.empty()) {
      co_return Dialled{is_ours(error) ? Fault::no_room_here : Fault::unresolved,
                        vendor.base_url.host + ": " + (error ? error.message() : "it has no address")};
    }
  }
  // The one that answered last goes first: an address that swallows everything costs its share of the time
  // once, not with each connection.
  if (const auto known = std::ranges::find(endpoints, pool->answering()); known != endpoints.end())
    std::rotate(endpoints.begin(), known, known + 1);
  error_code error;
  bool passed = false;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    // One that swallows everything leaves the others their share of the time.
    const auto now = pool->deadlines().in(milliseconds(0));
    connection->close_at(now + (until - now) / static_cast<std::int64_t>(endpoints.size() - i));
    error = co_await connection->connect(endpoints[i]);
    passed = connection->passed();
    if (error || passed) continue;
    pool->answering() = endpoints[i];
    break;
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
