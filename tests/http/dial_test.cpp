#include "http/dial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <fstream>
#include <future>

#include "ask/asked.h"
#include "base/error.h"
#include "support/scripted_server.h"
#include "support/temporary_folder.h"

namespace fanout {
namespace {

using boost::asio::ip::tcp;
using test::ok;
using test::ScriptedServer;
using testing::HasSubstr;

Addresses loopback(const std::string& port) {
  return {{}, {{boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(port))}}};
}

class DialTest : public testing::Test {
 protected:
  DialTest() {
    asked_.vendor.base_url.tls = true;
    asked_.vendor.base_url.host = "localhost";
    asked_.vendor.ca_file = (folder_.path() / "ca.pem").string();
    trust(authority_);
  }

  void trust(const test::Certificate& authority) {
    std::ofstream(asked_.vendor.ca_file) << authority.certificate;
  }

  ScriptedServer& serve(const test::Certificate& certificate, int newest_version = 0) {
    const std::vector<test::Script> script = {{{ok("x")}, {ok("y")}}};
    server_ = std::make_unique<ScriptedServer>(asked_.loop, script, certificate, newest_version);
    asked_.vendor.base_url.port = server_->port();
    asked_.transport.reset();
    return *server_;
  }

  TemporaryFolder folder_;
  Asked asked_;
  test::Certificate authority_ = test::make_authority("an authority");
  std::unique_ptr<ScriptedServer> server_;
};

TEST_F(DialTest, ATrustedServerIsAskedOverTlsByItsName) {
  auto& server = serve(test::make_certificate(authority_, {}));
  const auto reply = asked_.ask();
  EXPECT_EQ(reply.body, "x") << reply.detail;
  EXPECT_EQ(server.server_name(), "localhost");
  EXPECT_EQ(asked_.ask().body, "y");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(DialTest, AnAddressIsVerifiedToo) {
  asked_.vendor.base_url.host = "127.0.0.1";
  auto& server = serve(test::make_certificate(authority_, {.host = "127.0.0.1"}));
  const auto reply = asked_.ask();
  EXPECT_EQ(reply.body, "x") << reply.detail;
  EXPECT_EQ(server.server_name(), "");

  serve(test::make_certificate(authority_, {.host = "127.0.0.2"}));
  EXPECT_EQ(asked_.ask().fault, Fault::bad_certificate);
  serve(test::make_certificate(authority_, {.host = "localhost"}));
  EXPECT_EQ(asked_.ask().fault, Fault::bad_certificate);
}

TEST_F(DialTest, ACertificateThatIsNotTheHostsIsRefused) {
  for (const std::string host :
       {"elsewhere.example", "ocalhost", "localhost.example", "*.localhost", "local*"}) {
    auto& server = serve(test::make_certificate(authority_, {.host = host}));
    const auto reply = asked_.ask();
    EXPECT_EQ(reply.fault, Fault::bad_certificate) << host;
    EXPECT_THAT(reply.detail, HasSubstr("hostname mismatch")) << host;
    EXPECT_TRUE(server.requests().empty()) << "nothing is said to a stranger";
  }
}

TEST_F(DialTest, AWildcardStandsForOneWholeLabel) {
  for (const auto& [host, accepted] :
       {std::pair("*.vendor.example", true), std::pair("a*.vendor.example", false),
        std::pair("*c.vendor.example", false), std::pair("a*c.vendor.example", false),
        std::pair("*.example", false), std::pair("abc.*.example", false)}) {
    serve(test::make_certificate(authority_, {.host = host}));
    asked_.vendor.base_url.host = "abc.vendor.example";
    asked_.resolve = [](const std::string&, const std::string& port) { return loopback(port); };
    const auto reply = asked_.ask();
    EXPECT_EQ(reply.fault, accepted ? Fault::none : Fault::bad_certificate) << host << ": " << reply.detail;
  }
}

TEST_F(DialTest, ACertificateThatNobodyTrustedHasSignedIsRefused) {
  serve(test::make_certificate(test::make_authority("an authority"), {}));
  EXPECT_EQ(asked_.ask().fault, Fault::bad_certificate);
  serve(test::make_authority("localhost"));
  const auto reply = asked_.ask();
  EXPECT_EQ(reply.fault, Fault::bad_certificate);
  EXPECT_THAT(reply.detail, HasSubstr("self-signed certificate"));
}

TEST_F(DialTest, TheSystemsTrustDoesNotCoverUs) {
  serve(test::make_certificate(authority_, {}));
  asked_.vendor.ca_file.clear();
  EXPECT_EQ(asked_.ask().fault, Fault::bad_certificate);
}

TEST_F(DialTest, ACertificateThatHasExpiredIsRefused) {
  serve(test::make_certificate(authority_, {.valid_for = std::chrono::seconds(-60)}));
  const auto reply = asked_.ask();
  EXPECT_EQ(reply.fault, Fault::bad_certificate);
  EXPECT_THAT(reply.detail, HasSubstr("expired"));
}

TEST_F(DialTest, TlsIsTwelveOrNewer) {
  serve(test::make_certificate(authority_, {}), TLS1_2_VERSION);
  EXPECT_EQ(asked_.ask().body, "x");
  auto& server = serve(test::make_certificate(authority_, {}), TLS1_1_VERSION);
  const auto reply = asked_.ask();
  EXPECT_EQ(reply.fault, Fault::bad_protocol) << reply.detail;
  EXPECT_THAT(reply.detail, HasSubstr("TLS"));
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(DialTest, PlainHttpWhereTlsIsExpectedIsSaid) {
  ScriptedServer plain(asked_.loop, {{{"HTTP/1.1 400 Bad Request\r\n\r\n", test::Act::Then::close, true}}});
  asked_.vendor.base_url.port = plain.port();
  EXPECT_EQ(asked_.ask().fault, Fault::bad_protocol);
}

TEST_F(DialTest, AReplyThatEndsWithoutTlsSayingSoIsTruncated) {
  const auto certificate = test::make_certificate(authority_, {});
  const std::string reply = "HTTP/1.1 200 OK\r\n\r\n{}";
  ScriptedServer cut(asked_.loop, {{{reply, test::Act::Then::drop}}}, certificate);
  asked_.vendor.base_url.port = cut.port();
  EXPECT_EQ(asked_.ask().fault, Fault::truncated);
  ScriptedServer whole(asked_.loop, {{{reply, test::Act::Then::close}}}, certificate);
  asked_.vendor.base_url.port = whole.port();
  asked_.transport.reset();
  EXPECT_EQ(asked_.ask().body, "{}");
}

TEST_F(DialTest, ACaFileThatIsNoneIsTheOperatorsToMend) {
  std::ofstream(asked_.vendor.ca_file) << "not a certificate";
  EXPECT_THROW(HttpsTransport(asked_.loop.get_executor(), asked_.vendor), Error);
}

TEST_F(DialTest, AHandshakeThatDoesNotEndIsGivenUp) {
  asked_.vendor.connect_timeout = milliseconds(60);
  ScriptedServer silent(asked_.loop, {{{"", test::Act::Then::stall}}});
  asked_.vendor.base_url.port = silent.port();
  const auto reply = asked_.ask();
  EXPECT_EQ(reply.fault, Fault::connect_timeout);
  EXPECT_THAT(reply.detail, HasSubstr("handshake"));
  asked_.run_until([&] { return silent.open() == 0; });
}

TEST_F(DialTest, WhereNobodyListensItIsRefused) {
  tcp::acceptor taken(asked_.loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  const auto port = taken.local_endpoint().port();
  taken.close();
  for (const char* host : {"127.0.0.1", "localhost"}) {
    asked_.vendor.base_url.host = host;
    asked_.vendor.base_url.port = std::to_string(port);
    asked_.transport.reset();
    const auto reply = asked_.ask();
    EXPECT_EQ(reply.fault, Fault::refused);
    EXPECT_EQ(reply.detail, std::string(host) + ":" + std::to_string(port) + ": Connection refused");
  }
}

// What this machine has run out of is never blamed on the vendor.
TEST_F(DialTest, WithoutAFileLeftTheFaultIsHere) {
  ScriptedServer server(asked_.loop, {});
  asked_.vendor.base_url = {.tls = false, .host = "127.0.0.1", .port = server.port(), .path = {}};
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int next = dup(0);  // the lowest number that is free
  close(next);
  asked_.transport.reset();
  const rlimit none_left{static_cast<rlim_t>(next), before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none_left), 0);
  const auto reply = asked_.ask();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(reply.fault, Fault::no_room_here);
  EXPECT_THAT(reply.detail, HasSubstr("Too many open files"));
}

TEST_F(DialTest, AHostWithoutAnAddressIsUnresolved) {
  asked_.vendor.base_url.host = "no-such-host.invalid";
  const auto reply = asked_.ask();
  EXPECT_TRUE(reply.fault == Fault::unresolved || reply.fault == Fault::connect_timeout) << reply.detail;
  EXPECT_THAT(reply.detail, HasSubstr("no-such-host.invalid"));
}

TEST_F(DialTest, ANameThatDoesNotResolveHoldsUpNobodyElse) {
  std::promise<void> release;
  std::atomic<int> asked = 0;
  asked_.vendor.base_url = {.tls = false, .host = "stuck.example", .port = "80", .path = {}};
  asked_.vendor.connect_timeout = milliseconds(60);
  asked_.resolve = [&asked, released = release.get_future().share()](const std::string&, const std::string&) {
    ++asked;
    released.wait();
    return Addresses{};
  };
  std::optional<Reply> stuck, other;
  asked_.start(Asked::request(), &stuck);

  ScriptedServer server(asked_.loop, {{{ok("x")}}});
  VendorSpec vendor;
  vendor.base_url = {.tls = false, .host = "other.example", .port = server.port(), .path = {}};
  HttpsTransport transport(asked_.loop.get_executor(), vendor,
                           [](const std::string&, const std::string& port) { return loopback(port); });
  boost::asio::co_spawn(asked_.loop, transport.ask(Asked::request()),
                        [&other](const std::exception_ptr&, Reply got) { other = std::move(got); });
  asked_.run_until([&] { return other.has_value(); });
  EXPECT_EQ(other->body, "x") << other->detail;

  asked_.run_until([&] { return stuck.has_value(); });
  EXPECT_EQ(stuck->fault, Fault::connect_timeout);
  EXPECT_THAT(stuck->detail, HasSubstr("was not resolved within 60 ms"));
  EXPECT_EQ(asked_.ask().fault, Fault::connect_timeout);
  EXPECT_EQ(asked, 1) << "a vendor has one thread waiting for its name, however often it is asked";
  release.set_value();
}

// Such as an IPv6 address that leads nowhere, before one that answers.
TEST_F(DialTest, AnAddressThatSwallowsEverythingCostsItsShareOfTheTimeOnce) {
  tcp::acceptor full(asked_.loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  full.listen(0);
  std::vector<tcp::socket> filling;
  for (int i = 0; i < 4; ++i) {
    filling.emplace_back(asked_.loop);
    filling.back().async_connect(full.local_endpoint(), [](boost::system::error_code) {});
  }
  ScriptedServer server(asked_.loop, {{{ok("x"), test::Act::Then::close}}});
  asked_.vendor.base_url = {.tls = false, .host = "two.example", .port = server.port(), .path = {}};
  asked_.vendor.connect_timeout = milliseconds(600);
  asked_.resolve = [swallows = full.local_endpoint()](const std::string&, const std::string& port) {
    auto addresses = loopback(port);
    addresses.endpoints.insert(addresses.endpoints.begin(), swallows);
    return addresses;
  };
  const auto deadlines = std::make_shared<SocketDeadlines>(asked_.loop.get_executor());
  const auto took = [&] {
    const auto begun = deadlines->in(milliseconds(0));
    const auto reply = asked_.ask();
    EXPECT_EQ(reply.body, "x") << reply.detail;
    return deadlines->in(milliseconds(0)) - begun;
  };
  EXPECT_GE(took(), milliseconds(300));
  EXPECT_LT(took(), milliseconds(300));
}

// Its queue of connections is full, so that the system answers no further one.
TEST_F(DialTest, OneWhoDoesNotAcceptIsWaitedForAsLongAsTheLimitSays) {
  tcp::acceptor full(asked_.loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  full.listen(0);
  std::vector<tcp::socket> filling;
  for (int i = 0; i < 4; ++i) {
    filling.emplace_back(asked_.loop);
    filling.back().async_connect(full.local_endpoint(), [](boost::system::error_code) {});
  }
  asked_.vendor.base_url = {false, "127.0.0.1", std::to_string(full.local_endpoint().port()), ""};
  asked_.vendor.connect_timeout = milliseconds(60);
  const auto reply = asked_.ask();
  EXPECT_EQ(reply.fault, Fault::connect_timeout);
  EXPECT_THAT(reply.detail, HasSubstr("60 ms"));
}

TEST_F(DialTest, ALoopMayEndWhileConnectionsAreMade) {
  Asked other;
  ScriptedServer silent(other.loop, {{{"", test::Act::Then::stall}}});
  other.vendor.base_url = {true, "localhost", silent.port(), ""};
  other.vendor.ca_file = asked_.vendor.ca_file;
  std::optional<Reply> in_handshake, in_lookup;
  other.start(Asked::request(), &in_handshake);
  other.run_until([&] { return silent.open() == 1; });
  other.start(Asked::request(), &in_lookup);
  other.loop.poll();
}

}  // namespace
}  // namespace fanout
