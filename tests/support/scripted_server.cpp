#include "support/scripted_server.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <optional>
#include <string_view>

namespace fanout::test {

namespace asio = boost::asio;
using asio::ip::tcp;

// What the server and its connections share.
struct ScriptedServer::Room {
  Room(asio::io_context& loop, std::vector<Script> of_connections)
      : acceptor(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        scripts(std::move(of_connections)) {}

  tcp::acceptor acceptor;
  std::vector<Script> scripts;
  std::optional<asio::ssl::context> tls;
  std::vector<std::string> requests;
  std::string server_name;
  int connections = 0;
  int open = 0;
  int said = 0;
};

namespace {

using Error = boost::system::error_code;
using Room = ScriptedServer::Room;
constexpr auto kResult = asio::as_tuple(asio::use_awaitable);

struct Guest {
  Guest(std::shared_ptr<Room> in, tcp::socket from) : room(std::move(in)), socket(std::move(from)) {
    if (room->tls) tls.emplace(socket, *room->tls);
    ++room->open;
  }
  ~Guest() { --room->open; }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  std::shared_ptr<Room> room;
  tcp::socket socket;
  std::optional<asio::ssl::stream<tcp::socket&>> tls;
  std::string heard;
};

asio::awaitable<bool> read_more(std::shared_ptr<Guest> guest) {
  auto piece = std::make_shared<std::array<char, 4096>>();
  const auto buffer = asio::buffer(*piece);
  const auto [error, size] = guest->tls ? co_await guest->tls->async_read_some(buffer, kResult)
                                        : co_await guest->socket.async_read_some(buffer, kResult);
  guest->heard.append(piece->data(), size);
  co_return !error;
}

asio::awaitable<bool> read_request(std::shared_ptr<Guest> guest) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  std::size_t looked = 0;  // at so much of it
  for (;;) {
    const auto end = guest->heard.find(kEnd, looked);
    looked = guest->heard.size() - std::min(guest->heard.size(), kEnd.size() - 1);
    if (end != std::string::npos) {
      guest->room->requests.push_back(guest->heard.substr(0, end + 4));
      guest->heard.erase(0, end + 4);
      co_return true;
    }
    if (!co_await read_more(guest)) co_return false;
  }
}

asio::awaitable<bool> say(std::shared_ptr<Guest> guest, std::shared_ptr<const std::string> bytes) {
  const auto buffer = asio::buffer(*bytes);
  const auto [error, size] = guest->tls ? co_await asio::async_write(*guest->tls, buffer, kResult)
                                        : co_await asio::async_write(guest->socket, buffer, kResult);
  co_return !error;
}

asio::awaitable<void> leave(std::shared_ptr<Guest> guest, Act::Then how) {
  Error ignored;
  if (how == Act::Then::reset) {
    guest->socket.set_option(asio::socket_base::linger(true, 0), ignored);
  } else if (how == Act::Then::stall) {
    while (co_await read_more(guest)) {
    }
  } else if (guest->tls && how == Act::Then::close) {
    co_await guest->tls->async_shutdown(kResult);
  }
  guest->socket.close(ignored);
}

asio::awaitable<void> play(std::shared_ptr<Guest> guest, Script script) {
  if (guest->tls) {
    const auto [error] = co_await guest->tls->async_handshake(asio::ssl::stream_base::server, kResult);
    if (error) co_return;
    const char* name = SSL_get_servername(guest->tls->native_handle(), TLSEXT_NAMETYPE_host_name);
    guest->room->server_name = name == nullptr ? "" : name;
  }
  for (const auto& act : script) {
    if (!act.unasked && !co_await read_request(guest)) co_return;
    if (!co_await say(guest, std::make_shared<const std::string>(act.say))) co_return;
    ++guest->room->said;
    if (act.then != Act::Then::go_on) co_return co_await leave(guest, act.then);
  }
  co_await leave(guest, Act::Then::close);
}

asio::awaitable<void> welcome(std::shared_ptr<Room> room) {
  for (;;) {
    auto [error, socket] = co_await room->acceptor.async_accept(kResult);
    if (error) co_return;
    const auto number = static_cast<std::size_t>(room->connections++);
    auto script = room->scripts[std::min(number, room->scripts.size() - 1)];
    const auto loop = room->acceptor.get_executor();
    asio::co_spawn(loop, play(std::make_shared<Guest>(room, std::move(socket)), std::move(script)),
                   asio::detached);
  }
}

asio::ssl::context context_of(const Certificate& certificate, int newest_version) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  context.use_certificate_chain(asio::buffer(certificate.certificate));
  context.use_private_key(asio::buffer(certificate.key), asio::ssl::context::pem);
  if (newest_version != 0) {
    SSL_CTX_set_min_proto_version(context.native_handle(), 0);
    SSL_CTX_set_max_proto_version(context.native_handle(), newest_version);
    SSL_CTX_set_security_level(context.native_handle(), 0);
  }
  return context;
}

}  // namespace

std::string ok(const std::string& body, const std::string& headers) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" +
         body;
}

ScriptedServer::ScriptedServer(asio::io_context& loop, std::vector<Script> scripts)
    : room_(std::make_shared<Room>(loop, std::move(scripts))) {
  asio::co_spawn(loop, welcome(room_), asio::detached);
}

ScriptedServer::ScriptedServer(asio::io_context& loop, std::vector<Script> scripts,
                               const Certificate& certificate, int newest_version)
    : room_(std::make_shared<Room>(loop, std::move(scripts))) {
  room_->tls.emplace(context_of(certificate, newest_version));
  asio::co_spawn(loop, welcome(room_), asio::detached);
}

ScriptedServer::~ScriptedServer() {
  Error ignored;
  room_->acceptor.close(ignored);
}

std::string ScriptedServer::port() const { return std::to_string(room_->acceptor.local_endpoint().port()); }
int ScriptedServer::connections() const { return room_->connections; }
int ScriptedServer::said() const { return room_->said; }
int ScriptedServer::open() const { return room_->open; }
const std::vector<std::string>& ScriptedServer::requests() const { return room_->requests; }
const std::string& ScriptedServer::server_name() const { return room_->server_name; }

}  // namespace fanout::test
