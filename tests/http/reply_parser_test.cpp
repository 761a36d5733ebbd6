#include "http/reply_parser.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/deflated.h"
#include "http/strict_head.h"
#include "support/scripted_server.h"

namespace fanout {
namespace {

constexpr std::int64_t kLimit = 1000;

// Read in pieces of that size, then the connection ends if it has not.
Reply parsed(const std::string& bytes, std::size_t step) {
  ReplyParser parser(kLimit);
  std::string unread;
  for (std::size_t at = 0; at < bytes.size() && !parser.done() && !parser.failed(); at += step) {
    unread += bytes.substr(at, step);
    unread.erase(0, parser.feed(unread.data(), unread.size()));
  }
  if (!parser.done() && !parser.failed()) parser.end_of_stream();
  return parser.take();
}

struct Case {
  const char* what;
  std::string bytes;
  Fault fault;
  int status;
  std::string body = {};
};

std::string chunked(const std::string& chunks) {
  return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
}

std::vector<Case> cases() {
  std::string many_headers = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i <= kMostHeaders; ++i) many_headers += "X-" + std::to_string(i) + ": 1\r\n";
  const auto gzipped = deflated("{\"a\":1}", kGzip);
  const auto rest_of_gzip = fmt::format("{:x}\r\n", gzipped.size() - 2) + gzipped.substr(2) + "\r\n";
  const std::string large(kLimit + 1, 'x');
  return {
      {"a length", test::ok("{}"), Fault::none, 200, "{}"},
      {"no body", "HTTP/1.1 204 No Content\r\n\r\n", Fault::none, 204},
      {"no body, whatever the length says", "HTTP/1.1 304 \r\nContent-Length: 9\r\n\r\n", Fault::none, 304},
      {"no reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", Fault::none, 200},
      // Not as the standard wants it, and yet clear.
      {"LF alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", Fault::none, 200, "{}"},
      {"LF alone here and there", "HTTP/1.1 200 OK\r\nX: 1\nContent-Length: 2\r\n\n{}", Fault::none, 200,
       "{}"},
      {"no reason and no blank", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", Fault::none, 200, "{}"},
      {"blanks too many", "HTTP/1.1   200  \t OK \r\nContent-Length:   2  \r\n\r\n{}", Fault::none, 200,
       "{}"},
      {"small letters", "http/1.0 200 ok\r\ncontent-length: 2\r\n\r\n{}", Fault::none, 200, "{}"},
      {"a reason in Latin-1", "HTTP/1.1 404 Pas trouv\xE9\r\nContent-Length: 2\r\n\r\n{}", Fault::none, 404,
       "{}"},
      {"a header without a value", "HTTP/1.1 200 OK\r\nX-None:\r\nContent-Length: 2\r\n\r\n{}", Fault::none,
       200, "{}"},
      {"a line that is no header", "HTTP/1.1 200 OK\r\nrubbish\r\nContent-Length: 2\r\n\r\n{}", Fault::none,
       200, "{}"},
      {"a name that is none", "HTTP/1.1 200 OK\r\nX (1): 2\r\nM\xFC: 3\r\nContent-Length: 2\r\n\r\n{}",
       Fault::none, 200, "{}"},
      {"a blank before a colon", "HTTP/1.1 200 OK\r\nX : 1\r\nContent-Length: 2\r\n\r\n{}", Fault::none, 200,
       "{}"},
      {"a folded header", "HTTP/1.1 200 OK\r\nX: 1\r\n  2\r\nContent-Length: 2\r\n\r\n{}", Fault::none, 200,
       "{}"},
      {"a control character in a value", "HTTP/1.1 200 OK\r\nX: a\x01z\r\nContent-Length: 2\r\n\r\n{}",
       Fault::none, 200, "{}"},
      {"identity", test::ok("{}", "Content-Encoding: identity\r\n"), Fault::none, 200, "{}"},
      {"a coding that is none", test::ok("{}", "Content-Encoding: UTF-8\r\n"), Fault::none, 200, "{}"},
      {"a coding without a name", test::ok("{}", "Content-Encoding:\r\n"), Fault::none, 200, "{}"},
      {"x-gzip", test::ok(gzipped, "Content-Encoding: x-gzip\r\n"), Fault::none, 200, "{\"a\":1}"},
      {"gzip, said twice", test::ok(gzipped, "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n"),
       Fault::none, 200, "{\"a\":1}"},
      {"gzip, done twice", test::ok(deflated(gzipped, kGzip), "Content-Encoding: gzip, gzip\r\n"),
       Fault::none, 200, "{\"a\":1}"},
      {"gzip that nobody announced", test::ok(gzipped), Fault::none, 200, "{\"a\":1}"},
      {"gzip that nobody announced, in chunks",
       chunked("2\r\n" + gzipped.substr(0, 2) + "\r\n" + rest_of_gzip + "0\r\n\r\n"), Fault::none, 200,
       "{\"a\":1}"},
      {"what begins like gzip, and ends", test::ok("\x1f\x8b"), Fault::none, 200, "\x1f\x8b"},
      {"Latin-1", test::ok("\"\xFC\"", "Content-Type: application/json; charset=ISO-8859-1\r\n"), Fault::none,
       200, "\"ü\""},
      {"UTF-8, as it is", test::ok("\"ü\"", "Content-Type: application/json;charset=\"UTF-8\"\r\n"),
       Fault::none, 200, "\"ü\""},
      {"Latin-1 in gzip",
       test::ok(deflated("\xFC", kGzip),
                "Content-Encoding: gzip\r\nContent-Type: text/plain; charset=latin1\r\n"),
       Fault::none, 200, "ü"},
      {"a charset that nobody knows", test::ok("{}", "Content-Type: text/plain; charset=x-klingon\r\n"),
       Fault::malformed, 200},
      {"too long in UTF-8",
       test::ok(std::string(kLimit, '\xFC'), "Content-Type: text/plain; charset=latin1\r\n"),
       Fault::too_large, 200},

      // What two readers could read as two replies.
      {"a folded length", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 2\r\n\r\n{}", Fault::bad_protocol, 0},
      {"a folded coding of transfer", "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
       Fault::bad_protocol, 0},
      {"a blank before the first header", "HTTP/1.1 200 OK\r\n Content-Length: 2\r\n\r\n{}",
       Fault::bad_protocol, 0},
      {"a blank before a length's colon", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\n{}",
       Fault::bad_protocol, 0},
      {"what only looks like a length", "HTTP/1.1 200 OK\r\nContent_Length: 2\r\n\r\n{}", Fault::bad_protocol,
       0},
      {"a length without a colon", "HTTP/1.1 200 OK\r\nContent-Length\r\n\r\n{}", Fault::bad_protocol, 0},
      {"a length twice in one", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n{}", Fault::bad_protocol, 0},
      {"a length of nothing", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n{}", Fault::bad_protocol, 200},
      {"a length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}", Fault::bad_protocol, 200},
      {"chunks and a length, with LF alone",
       "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nContent-Length: 2\n\n{}", Fault::bad_protocol, 200},
      {"chunks twice",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       Fault::bad_protocol, 0},
      {"CR alone in a header", "HTTP/1.1 200 OK\r\nX: a\rContent-Length: 2\r\n\r\n{}", Fault::bad_protocol,
       200},
      {"chunks with LF alone", chunked("2\n{}\n0\n\n"), Fault::truncated, 200},

      {"an old server", "HTTP/1.0 200 OK\r\n\r\n{}", Fault::none, 200, "{}"},
      {"up to its end", "HTTP/1.1 200 OK\r\n\r\n{}", Fault::none, 200, "{}"},
      {"chunks", chunked("1\r\n{\r\n1;ext=1\r\n}\r\n0\r\nTrailer: 1\r\n\r\n"), Fault::none, 200, "{}"},
      {"gzip", test::ok(gzipped, "Content-Encoding: gzip\r\n"), Fault::none, 200, "{\"a\":1}"},
      {"gzip, of nothing", test::ok("", "Content-Encoding: gzip\r\n"), Fault::none, 200},
      {"a redirect", "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 2\r\n\r\nhi", Fault::none, 302,
       "hi"},
      {"a status of its own", "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n", Fault::none, 999},
      {"as long as it may be", test::ok(std::string(kLimit, 'x')), Fault::none, 200,
       std::string(kLimit, 'x')},

      {"too long", test::ok(large), Fault::too_large, 200},
      {"too long, in chunks", chunked("3e9\r\n" + large + "\r\n0\r\n\r\n"), Fault::too_large, 200},
      {"too long, up to its end", "HTTP/1.1 200 OK\r\n\r\n" + large, Fault::too_large, 200},
      {"far too long", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", Fault::too_large,
       200},
      {"a failure that is too long", "HTTP/1.1 500 No\r\nContent-Length: 9999\r\n\r\n", Fault::too_large,
       500},

      {"cut in its head", "HTTP/1.1 200 OK\r\nContent-Le", Fault::truncated, 0},
      {"cut in its status", "HTTP/1", Fault::truncated, 0},
      {"cut in its body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", Fault::truncated, 200},
      {"cut in a chunk", chunked("9\r\n{}"), Fault::truncated, 200},
      {"cut before the last chunk", chunked("2\r\n{}\r\n"), Fault::truncated, 200},
      {"cut, in gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzipped.substr(0, 20),
       Fault::truncated, 200},

      {"half of a gzip", test::ok(gzipped.substr(0, 20), "Content-Encoding: gzip\r\n"), Fault::bad_protocol,
       200},
      {"no gzip", test::ok("{\"a\":1}", "Content-Encoding: gzip\r\n"), Fault::bad_protocol, 200},
      {"a coding nobody asked for", test::ok("??", "Content-Encoding: br\r\n"), Fault::bad_protocol, 200},
      {"HTTP/0.9", "<html>hello</html>", Fault::bad_protocol, 0},
      {"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", Fault::bad_protocol, 0},
      {"no HTTP, and short", "220", Fault::bad_protocol, 0},
      {"SSH", "SSH-2.0-OpenSSH_9.2\r\n", Fault::bad_protocol, 0},
      {"a TLS alert", std::string("\x15\x03\x01\x00\x02\x02\x46 and so on", 17), Fault::bad_protocol, 0},
      {"no number", "HTTP/1.1 abc OK\r\n\r\n", Fault::bad_protocol, 0},
      {"status 0", "HTTP/1.1 000 OK\r\n\r\n", Fault::bad_protocol, 0},
      {"another protocol", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", Fault::bad_protocol, 0},
      {"a nameless header", "HTTP/1.1 200 OK\r\n: x\r\n\r\n", Fault::bad_protocol, 200},
      {"a control character", std::string("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", 27), Fault::bad_protocol,
       200},
      {"a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", Fault::bad_protocol, 200},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
       Fault::bad_protocol, 0},
      {"one length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\n{}",
       Fault::bad_protocol, 0},
      {"a length and chunks",
       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       Fault::bad_protocol, 200},
      {"a chunk of no size", chunked("zz\r\n"), Fault::bad_protocol, 200},
      {"too many headers", many_headers + "\r\n", Fault::bad_protocol, 200},
      {"too large a header", "HTTP/1.1 200 OK\r\nX: " + std::string(kLargestHead, 'x') + "\r\n\r\n",
       Fault::bad_protocol, 0},
      {"headers without end", "HTTP/1.1 200 OK\r\n" + std::string(kLargestHead, 'x'), Fault::bad_protocol, 0},
  };
}

TEST(ReplyParser, EveryReplyIsReadOrHasItsFaultHoweverItIsCut) {
  for (const auto& one : cases()) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, one.bytes.size()}) {
      const auto reply = parsed(one.bytes, step);
      EXPECT_EQ(fault_name(reply.fault), std::string(fault_name(one.fault)))
          << one.what << ", " << step << " at a time: " << reply.detail;
      EXPECT_EQ(reply.body, one.body) << one.what << ", " << step << " at a time";
      EXPECT_EQ(reply.detail.empty(), one.fault == Fault::none) << one.what << ": " << reply.detail;
      // How much of a broken head was understood depends on how it came.
      const bool is_certain = step == one.bytes.size() || one.fault == Fault::none;
      EXPECT_EQ(reply.status, is_certain ? one.status : reply.status) << one.what;
    }
  }
}

TEST(ReplyParser, HeadersHaveTheirNamesInLowerCaseAndTrailersCountForNothing) {
  const auto reply = parsed(
      "HTTP/1.1 200 OK\r\nRetry-After: 5\r\nX-Two: a\r\nx-two:  b \r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\nX-Late: 1\r\n\r\n",
      1000);
  using Header = std::pair<std::string, std::string>;
  EXPECT_THAT(reply.headers,
              testing::ElementsAre(Header("retry-after", "5"), Header("x-two", "a"), Header("x-two", "b"),
                                   Header("transfer-encoding", "chunked")));
}

TEST(ReplyParser, HeadersInLatin1AreReadAsText) {
  const auto reply = parsed("HTTP/1.1 204 No\r\nX-Name: M\xFCller\r\nX-Same: Müller\r\n\r\n", 1000);
  EXPECT_EQ(reply.header("x-name"), "Müller");
  EXPECT_EQ(reply.header("x-same"), "Müller");
}

// Byte by byte, which must not cost the square of its length.
TEST(ReplyParser, AHeadThatComesSlowlyIsSearchedOnce) {
  std::size_t searched = 0;
  const std::string head(kLargestHead, 'x');
  for (std::size_t come = 1; come <= head.size(); come += 997) {
    EXPECT_EQ(end_of_head(std::string_view(head).substr(0, come), searched), std::string::npos);
    EXPECT_EQ(searched, come);
  }
}

}  // namespace
}  // namespace fanout
