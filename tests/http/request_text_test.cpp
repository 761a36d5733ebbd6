#include "http/request_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string text_of(const Request& request) {
  std::string text;
  append_request(request, "Host: h\r\n", &text);
  return text;
}

TEST(RequestText, AskedForPlainlyItSaysWhoAsksAndWhatForms) {
  Request request;
  request.target = "/a?b=1";
  EXPECT_EQ(text_of(request),
            "GET /a?b=1 HTTP/1.1\r\nHost: h\r\nUser-Agent: fanoutd/0.1\r\nAccept: application/json\r\n"
            "Accept-Encoding: gzip, deflate\r\n\r\n");
}

TEST(RequestText, TheVendorsHeadersTakeTheDefaultsPlaces) {
  Request request;
  request.target = "/";
  request.headers = {
      {"accept", "text/csv"}, {"USER-AGENT", "me"}, {"Accept-Encoding", "identity"}, {"X-A", "1"}};
  EXPECT_EQ(text_of(request),
            "GET / HTTP/1.1\r\nHost: h\r\naccept: text/csv\r\nUSER-AGENT: me\r\nAccept-Encoding: identity\r\n"
            "X-A: 1\r\n\r\n");
}

TEST(RequestText, SecretsComeLastAndOnce) {
  Request request;
  request.target = "/a";
  request.headers = {{"x-key", "not this"}};
  request.secret_header_name = "X-Key";
  request.secret_header_value = Secret("s3cret");
  EXPECT_THAT(text_of(request), HasSubstr("\r\nX-Key: s3cret\r\n\r\n"));
  EXPECT_THAT(text_of(request), Not(HasSubstr("not this")));

  request.secret_query = Secret("key=s3cret");
  EXPECT_THAT(text_of(request), StartsWith("GET /a?key=s3cret HTTP/1.1\r\n"));
  request.target = "/a?b=1";
  EXPECT_THAT(text_of(request), StartsWith("GET /a?b=1&key=s3cret HTTP/1.1\r\n"));
}

TEST(RequestText, NothingInItBeginsALineOfItsOwn) {
  Request request;
  request.target = "/a b\r\nX: \xC3\xA9";
  request.headers = {{"X-A", "1\r\nX-B: 2"}};
  const auto text = text_of(request);
  EXPECT_THAT(text, StartsWith("GET /a%20b%0D%0AX:%20%C3%A9 HTTP/1.1\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nX-A: 1  X-B: 2\r\n"));
}

TEST(RequestText, TheHostHasItsPortUnlessThatIsTheUsualOne) {
  EXPECT_EQ(standing_headers({true, "a.example", "443", ""}), "Host: a.example\r\n");
  EXPECT_EQ(standing_headers({true, "a.example", "80", ""}), "Host: a.example:80\r\n");
  EXPECT_EQ(standing_headers({false, "a.example", "80", ""}), "Host: a.example\r\n");
  EXPECT_EQ(standing_headers({false, "::1", "8080", ""}), "Host: [::1]:8080\r\n");
}

}  // namespace
}  // namespace fanout
