// A server that plays what a test wrote down, on the test's own loop: the requests it gets are kept, the
// replies are bytes. The last connection's script serves all further ones.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/certificate.h"

namespace fanout::test {

// What it does with one request.
struct Act {
  enum class Then { go_on, close, drop, reset, stall };  // drop: close without TLS saying so
  std::string say;                                       // when the request has been read
  Then then = Then::go_on;
  bool unasked = false;  // without waiting for a request
};
using Script = std::vector<Act>;  // of one connection, which is closed at its end

// A whole reply, with that body and these further header lines.
std::string ok(const std::string& body, const std::string& headers = "");

class ScriptedServer {
 public:
  ScriptedServer(boost::asio::io_context& loop, std::vector<Script> scripts);
  // Over TLS, of no newer version than that (TLS1_1_VERSION, …); 0: the newest.
  ScriptedServer(boost::asio::io_context& loop, std::vector<Script> scripts, const Certificate& certificate,
                 int newest_version = 0);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string port() const;
  int connections() const;
  int said() const;                                  // acts whose words have been handed to the system
  int open() const;                                  // of them now
  const std::vector<std::string>& requests() const;  // as they came, up to the empty line
  const std::string& server_name() const;            // the last that was asked for by SNI

  struct Room;

 private:
  std::shared_ptr<Room> room_;
};

}  // namespace fanout::test
