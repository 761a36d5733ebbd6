#include "http/https_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ask/asked.h"
#include "support/scripted_server.h"

namespace fanout {
namespace {

using test::Act;
using test::ok;
using test::ScriptedServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Then = Act::Then;

class HttpsTransportTest : public testing::Test {
 protected:
  ScriptedServer& serve(std::vector<test::Script> scripts) {
    server_ = std::make_unique<ScriptedServer>(asked_.loop, std::move(scripts));
    asked_.vendor.base_url.port = server_->port();
    return *server_;
  }

  Asked asked_;
  std::unique_ptr<ScriptedServer> server_;
};

TEST_F(HttpsTransportTest, AsksAndReadsTheReply) {
  auto& server = serve({{{ok("{\"a\":1}", "X-B: c\r\n")}}});
  const auto reply = asked_.ask("/a?b=c");
  EXPECT_EQ(reply.fault, Fault::none) << reply.detail;
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "{\"a\":1}");
  EXPECT_EQ(reply.header("x-b"), "c");
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_THAT(server.requests()[0],
              StartsWith("GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n"));
}

TEST_F(HttpsTransportTest, ARedirectIsJustAReply) {
  serve({{{"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"}}});
  const auto reply = asked_.ask();
  EXPECT_EQ(reply.status, 302);
  EXPECT_EQ(reply.header("location"), "/elsewhere");
}

TEST_F(HttpsTransportTest, OneConnectionServesOneRequestAfterAnother) {
  auto& server = serve({test::Script(20, Act{ok("x")})});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(asked_.ask().body, "x");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpsTransportTest, RequestsAtTheSameTimeHaveAConnectionEach) {
  auto& server = serve({{{ok("x")}, {ok("x")}, {ok("x")}}});
  std::vector<std::optional<Reply>> replies(4);
  for (auto& reply : replies) asked_.start(Asked::request(), &reply);
  asked_.run_until(
      [&] { return std::ranges::all_of(replies, [](const auto& reply) { return reply.has_value(); }); });
  EXPECT_EQ(server.connections(), 4);
  EXPECT_EQ(asked_.ask().body, "x");
  EXPECT_EQ(server.connections(), 4) << "idle ones are used again";
}

TEST_F(HttpsTransportTest, AConnectionThatIsNotToBeKeptIsNot) {
  const test::Script closes = {{ok("x", "Connection: close\r\n")}, {ok("y")}};
  const test::Script is_old = {{"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"}, {ok("y")}};
  const test::Script says_too_much = {{ok("x") + "more"}, {ok("y")}};
  auto& server = serve({closes, is_old, says_too_much, {{ok("x")}}});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(asked_.ask().body, "x");
  EXPECT_EQ(server.connections(), 4);
}

TEST_F(HttpsTransportTest, WhatCameUnaskedIsNotTheNextRequestsAnswer) {
  auto& server = serve({{{ok("x")}, {ok("stray"), Then::go_on, true}, {ok("z")}}, {{ok("y")}}});
  EXPECT_EQ(asked_.ask().body, "x");
  asked_.run_until([&] { return server.said() == 2; });
  EXPECT_EQ(asked_.ask().body, "y");
}

TEST_F(HttpsTransportTest, AConnectionThatWasClosedWhileIdleIsReplacedWithoutAWord) {
  for (const auto how : {Then::close, Then::reset}) {
    auto& server = serve({{{ok("x"), how}}, {{ok("y")}}});
    asked_.transport.reset();
    int sent = 0;
    EXPECT_EQ(asked_.ask().body, "x");
    asked_.run_until([&] { return server.open() == 0; });
    const auto reply = asked_.ask(Asked::request("/", [&] { ++sent; }));
    EXPECT_TRUE(reply.body == "y" || reply.maybe_unread) << reply.detail;
    EXPECT_EQ(sent, 1);
  }
}

TEST_F(HttpsTransportTest, OneThatIsClosedAsTheRequestArrivesMayNotHaveReadIt) {
  for (const auto how : {Then::close, Then::reset}) {
    auto& server = serve({{{ok("x")}, {"", how}}, {{ok("y")}}});
    asked_.transport.reset();
    int sent = 0;
    EXPECT_EQ(asked_.ask().body, "x");
    const auto reply = asked_.ask(Asked::request("/", [&] { ++sent; }));
    EXPECT_EQ(reply.fault, Fault::reset);
    EXPECT_TRUE(reply.maybe_unread);
    EXPECT_EQ(sent, 1)
        << "the vendor may have counted it, so it is not sent again without asking the limiter";
    EXPECT_EQ(server.connections(), 1);
    EXPECT_EQ(asked_.ask().body, "y");
  }
}

TEST_F(HttpsTransportTest, ARequestThatFailsOnAFreshConnectionIsAFailure) {
  for (const auto how : {Then::close, Then::reset}) {
    auto& server = serve({{{"", how}}, {{ok("y")}}});
    asked_.transport.reset();
    const auto reply = asked_.ask();
    EXPECT_EQ(reply.fault, Fault::reset);
    EXPECT_FALSE(reply.maybe_unread);
    EXPECT_EQ(server.requests().size(), 1U);
  }
}

TEST_F(HttpsTransportTest, AReplyThatHasBegunIsNotAskedForAgain) {
  auto& server =
      serve({{{ok("x")}, {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", Then::close}}, {{ok("y")}}});
  EXPECT_EQ(asked_.ask().body, "x");
  const auto reply = asked_.ask();
  EXPECT_EQ(reply.fault, Fault::truncated);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpsTransportTest, SentIsSaidWhenTheRequestHasLeftAndBeforeTheReply) {
  auto& server = serve({{{ok("x")}}});
  std::size_t requests_seen = 99;
  int sent = 0;
  asked_.ask(Asked::request("/", [&] {
    ++sent;
    requests_seen = server.requests().size();
  }));
  EXPECT_EQ(sent, 1);
  EXPECT_EQ(requests_seen, 0U);
}

TEST_F(HttpsTransportTest, ALargeRequestAndALargeReplyComeThrough) {
  const std::string body(8'000'000, 'x');
  auto& server = serve({{{ok(body)}, {ok("y")}}});
  Request request;
  request.target = "/";
  for (int i = 0; i < 3000; ++i)
    request.headers.emplace_back("X-" + std::to_string(i), std::string(4000, 'v'));
  const auto reply = asked_.ask(std::move(request));
  EXPECT_EQ(reply.fault, Fault::none) << reply.detail;
  EXPECT_TRUE(reply.body == body);
  EXPECT_GT(server.requests().at(0).size(), 12'000'000U);
  EXPECT_EQ(asked_.ask().body, "y");
}

TEST_F(HttpsTransportTest, WordsToWaitArePassedOver) {
  serve({{{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("x")}}});
  const auto reply = asked_.ask();
  EXPECT_EQ(reply.status, 200) << reply.detail;
  EXPECT_EQ(reply.body, "x");
}

TEST_F(HttpsTransportTest, OneWhoOnlySaysToWaitIsNotWaitedFor) {
  std::string words;
  for (int i = 0; i < 1000; ++i) words += "HTTP/1.1 100 Continue\r\n\r\n";
  serve({{{words, Then::stall}}});
  EXPECT_EQ(asked_.ask().fault, Fault::bad_protocol);
}

TEST_F(HttpsTransportTest, ALineWithoutEndIsGivenUp) {
  serve({{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(1 << 20, 'x'),
           Then::stall}}});
  EXPECT_EQ(asked_.ask().fault, Fault::bad_protocol);
}

TEST_F(HttpsTransportTest, WhatIsTooLargeIsNotReadToItsEnd) {
  asked_.vendor.body_limit = 1000;
  auto& server = serve({{{"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\nx", Then::stall}}});
  const auto reply = asked_.ask();
  EXPECT_EQ(reply.fault, Fault::too_large);
  EXPECT_THAT(reply.detail, HasSubstr("body_limit"));
  asked_.run_until([&] { return server.open() == 0; });
}

TEST_F(HttpsTransportTest, TheWholeRequestHasOneTimeLimit) {
  asked_.vendor.timeout = milliseconds(60);
  const struct {
    const char* what;
    std::string say;
    int status;
  } kStalls[] = {{"silence", "", 0},
                 {"half a head", "HTTP/1.1 200 OK\r\nX", 0},
                 {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", 200}};
  for (const auto& stall : kStalls) {
    auto& server = serve({{{stall.say, Then::stall}}});
    asked_.transport.reset();
    const auto reply = asked_.ask();
    EXPECT_EQ(reply.fault, Fault::timeout) << stall.what;
    EXPECT_EQ(reply.status, stall.status) << stall.what;
    EXPECT_THAT(reply.detail, HasSubstr("60 ms")) << stall.what;
    asked_.run_until([&] { return server.open() == 0; });
  }
}

TEST_F(HttpsTransportTest, ATimeLimitOfOneRequestIsNotThatOfTheNext) {
  asked_.vendor.timeout = milliseconds(60);
  auto& server = serve({{{ok("x")}, {"", Then::stall}}, {{ok("y")}, {ok("y")}}});
  EXPECT_EQ(asked_.ask().body, "x");
  EXPECT_EQ(asked_.ask().fault, Fault::timeout);
  EXPECT_EQ(asked_.ask().body, "y");
  EXPECT_EQ(asked_.ask().body, "y");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpsTransportTest, NoDetailHoldsASecret) {
  asked_.vendor.timeout = milliseconds(60);
  for (const std::string answer :
       {"", "nonsense nonsense", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"}) {
    for (const auto then : {Then::close, Then::reset, Then::stall}) {
      serve({{{answer, then}}});
      asked_.transport.reset();
      Request request;
      request.target = "/";
      request.secret_header_name = "Authorization";
      request.secret_header_value = Secret("Bearer s3cret");
      request.secret_query = Secret("key=s3cret");
      const auto reply = asked_.ask(std::move(request));
      EXPECT_NE(reply.fault, Fault::none);
      EXPECT_THAT(reply.detail, Not(HasSubstr("s3cret")));
      EXPECT_FALSE(reply.detail.empty());
    }
  }
}

TEST_F(HttpsTransportTest, RequestsInFlightOutliveTheTransport) {
  serve({{{ok("x")}}});
  std::optional<Reply> reply;
  asked_.start(Asked::request(), &reply);
  asked_.transport.reset();
  asked_.run_until([&] { return reply.has_value(); });
  EXPECT_EQ(reply->body, "x");
}

TEST_F(HttpsTransportTest, ALoopMayEndWithRequestsInFlight) {
  Asked other;
  ScriptedServer server(other.loop, {{{ok("x")}, {"", Then::stall}}});
  other.vendor.base_url.port = server.port();
  EXPECT_EQ(other.ask().body, "x");
  std::optional<Reply> waits, waits_too;
  other.start(Asked::request(), &waits);
  other.start(Asked::request(), &waits_too);
  other.run_until([&] { return server.requests().size() == 2; });
}

}  // namespace
}  // namespace fanout
