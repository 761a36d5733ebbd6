#include "replies.h"

#include <gtest/gtest.h>

namespace fanout_vendor {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::system_clock::time_point kWall{1700000000s + 400ms};  // 2023-11-14 22:13:20.4

TEST(Replies, retry_after_is_rounded_up_in_every_form) {
  struct Case {
    RetryAfter form;
    Duration wait;
    const char* line;
  };
  const Case cases[] = {
      {RetryAfter::seconds, 0ms, "Retry-After: 1\r\n"},
      {RetryAfter::seconds, 1s, "Retry-After: 1\r\n"},
      {RetryAfter::seconds, 1001ms, "Retry-After: 2\r\n"},
      {RetryAfter::date, 1500ms, "Retry-After: Tue, 14 Nov 2023 22:13:22 GMT\r\n"},
      {RetryAfter::date, 1700ms, "Retry-After: Tue, 14 Nov 2023 22:13:23 GMT\r\n"},
      {RetryAfter::epoch, 1500ms, "Retry-After: 1700000002\r\n"},
      {RetryAfter::window, 5ms, "X-Rate-Limit-Remaining: 0\r\nX-Rate-Limit-Window: 60\r\n"},
      {RetryAfter::none, 5s, ""},
  };
  for (const auto& c : cases) EXPECT_EQ(retry_after_line(c.form, c.wait, 1min, kWall), c.line);
}

TEST(Replies, negotiation) {
  const std::pair<const char*, Coding> cases[] = {{"", Coding::identity},
                                                  {"gzip", Coding::gzip},
                                                  {"br, GZIP ;q=0.5", Coding::gzip},
                                                  {"deflate", Coding::deflate},
                                                  {"deflate, gzip", Coding::gzip},
                                                  {"gzip;q=0, deflate", Coding::deflate},
                                                  {"gzip; q=0.000", Coding::identity},
                                                  {"*", Coding::gzip},
                                                  {"gzip;q=0, *", Coding::deflate},
                                                  {"identity", Coding::identity},
                                                  {"xgzip", Coding::identity}};
  for (const auto& [header, coding] : cases) EXPECT_EQ(negotiate(header, true, true), coding) << header;
  EXPECT_EQ(negotiate("gzip, deflate", false, false), Coding::identity);
}

class RepliesTo : public testing::Test {
 protected:
  std::string answer(Why why, Wish wish = {}) {
    Verdict verdict;
    verdict.why = why;
    verdict.found = tree_.find("/device/devices/3/devicedatasources/3/data");
    return replies_.answer(verdict, wish, kWall);
  }
  static std::string body(const std::string& bytes) { return bytes.substr(bytes.find("\r\n\r\n") + 4); }

  Tree tree_{TreeShape{}};
  Replies replies_{tree_, RetryAfter::seconds};
};

TEST_F(RepliesTo, truncated_promises_the_whole_and_sends_half) {
  const auto whole = answer(Why::ok);
  const auto half = answer(Why::truncate);
  const auto head = whole.substr(0, whole.find("\r\n\r\n"));
  EXPECT_TRUE(half.starts_with(head));
  EXPECT_EQ(body(half), body(whole).substr(0, body(whole).size() / 2));
}

TEST_F(RepliesTo, malformed_is_complete_http_with_broken_json) {
  const auto bytes = answer(Why::malformed);
  EXPECT_NE(bytes.find("Content-Length: " + std::to_string(body(bytes).size())), std::string::npos);
  EXPECT_FALSE(body(bytes).ends_with("}"));
}

TEST_F(RepliesTo, head_has_no_body) { EXPECT_EQ(body(answer(Why::ok, {Coding::identity, true, true})), ""); }

TEST_F(RepliesTo, compressed_bodies_inflate_to_the_same) {
  const auto plain = body(answer(Why::ok));
  for (const auto coding : {Coding::gzip, Coding::deflate, Coding::gzip}) {
    const auto packed = body(answer(Why::ok, {coding, false, true}));
    EXPECT_LT(packed.size(), plain.size());
    z_stream stream{};
    ASSERT_EQ(inflateInit2(&stream, 15 + 32), Z_OK);  // either wrapper
    std::string out(plain.size() + 1, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    EXPECT_EQ(out, plain);
    inflateEnd(&stream);
  }
}

}  // namespace
}  // namespace fanout_vendor
