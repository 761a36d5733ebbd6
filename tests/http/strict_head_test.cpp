#include "http/strict_head.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

std::string head_of(const std::string& headers) { return "HTTP/1.1 200 OK\r\n" + headers + "\r\n"; }

TEST(StrictHead, IsKnownAndThenOnlyItsReasonIsOfNoUse) {
  const std::string headers[] = {
      "",
      "Content-Length: 5\r\n",
      "Server: nginx\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
      "X-Empty:\r\n",
      "Date: Thu, 26 Nov 2026 20:00:00 GMT\r\nETag: \"a\"\r\n",
  };
  for (const auto& each : headers) {
    EXPECT_TRUE(is_strict(head_of(each))) << each;
    std::string why;
    const auto rewritten = strict_head(head_of(each), &why);
    ASSERT_TRUE(rewritten) << why;
    const auto wanted = each == "X-Empty:\r\n" ? "X-Empty: \r\n" : each;
    EXPECT_EQ(*rewritten, "HTTP/1.1 200 \r\n" + wanted + "\r\n");
  }
}

TEST(StrictHead, IsNoneThatNeedsALook) {
  const std::string heads[] = {
      "HTTP/1.1 200 OK\nServer: nginx\n\n",
      "HTTP/1.1 200\r\n\r\n",
      "HTTP/1.1  200 OK\r\n\r\n",
      "http/1.1 200 OK\r\n\r\n",
      head_of("Server : nginx\r\n"),
      head_of(" Server: nginx\r\n"),
      head_of("A: b\r\n c\r\n"),
      head_of("no header at all\r\n"),
      head_of("Content-Length: 5\r\nContent-Length: 5\r\n"),
      head_of("Content-Length: 5, 5\r\n"),
      head_of("Content_Length: 5\r\n"),
      head_of("A: b\x01\r\n"),
      head_of("A: b\tc\r\n"),
      head_of(": nameless\r\n"),
      "HTTP/1.1 200 OK\r\nA: b\r\n",
      head_of("") + "more",
  };
  for (const auto& head : heads) EXPECT_FALSE(is_strict(head)) << head;
}

}  // namespace
}  // namespace fanout
