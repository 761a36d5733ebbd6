#include "spec/base_url.h"

#include <gtest/gtest.h>

#include "support/row_name.h"

namespace fanout {
namespace {

struct GoodRow {
  const char* text;
  BaseUrl expected;
  friend std::ostream& operator<<(std::ostream& out, const GoodRow& row) { return out << row.text; }
};
class GoodBaseUrl : public testing::TestWithParam<GoodRow> {};

TEST_P(GoodBaseUrl, IsTakenApart) {
  std::string why;
  const auto url = parse_base_url(GetParam().text, &why);
  ASSERT_TRUE(url) << GetParam().text << ": " << why;
  EXPECT_EQ(url->tls, GetParam().expected.tls);
  EXPECT_EQ(url->host, GetParam().expected.host);
  EXPECT_EQ(url->port, GetParam().expected.port);
  EXPECT_EQ(url->path, GetParam().expected.path);
}

INSTANTIATE_TEST_SUITE_P(
    All, GoodBaseUrl,
    testing::Values(GoodRow{"https://v.example", {true, "v.example", "443", ""}},
                    GoodRow{"http://v.example/", {false, "v.example", "80", ""}},
                    GoodRow{"HTTPS://V.Example:8443/Rest/v1//", {true, "v.example", "8443", "/Rest/v1"}},
                    GoodRow{"http://127.0.0.1:09090/a%20b", {false, "127.0.0.1", "9090", "/a%20b"}},
                    GoodRow{"http://[::1]:8080/x", {false, "::1", "8080", "/x"}},
                    GoodRow{"http://[2001:DB8::1]", {false, "2001:db8::1", "80", ""}},
                    GoodRow{"http://my_host-1/x;y=1", {false, "my_host-1", "80", "/x;y=1"}}),
    [](const auto& row) { return row_name(row.param.text, row.index); });

struct BadRow {
  const char* text;
  const char* why;
  friend std::ostream& operator<<(std::ostream& out, const BadRow& row) { return out << row.text; }
};
class BadBaseUrl : public testing::TestWithParam<BadRow> {};

TEST_P(BadBaseUrl, IsRefusedAndSaysWhy) {
  std::string why;
  EXPECT_FALSE(parse_base_url(GetParam().text, &why)) << GetParam().text;
  EXPECT_EQ(why, GetParam().why) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    All, BadBaseUrl,
    testing::Values(
        BadRow{"", "it begins with neither https:// nor http://"},
        BadRow{"v.example", "it begins with neither https:// nor http://"},
        BadRow{"ftp://v.example", "it begins with neither https:// nor http://"},
        BadRow{"https://", "it has no host"}, BadRow{"https:///rest", "it has no host"},
        BadRow{"https://:443", "it has no host"},
        BadRow{"https://v example", "\"v example\" is no host name"},
        BadRow{"https://v.example:", "the port is missing after the colon"},
        BadRow{"https://v.example:0", "\"0\" is no port"},
        BadRow{"https://v.example:65536", "\"65536\" is no port"},
        BadRow{"https://v.example:8o", "\"8o\" is no port"},
        BadRow{"https://v.example?x=1",
               "it ends before a query or fragment; what is to be asked goes into the levels"},
        BadRow{"https://v.example/#x",
               "it ends before a query or fragment; what is to be asked goes into the levels"},
        BadRow{"https://u:hunter2@v.example",
               "user and password do not belong into it; write auth = { kind = \"basic\", … }"},
        BadRow{"https://v.example/a b", "its path holds a character that must be percent-encoded"},
        BadRow{"https://v.example/a\r\nX: y", "its path holds a character that must be percent-encoded"},
        BadRow{"https://[::1", "the bracket of the IPv6 address does not close"},
        BadRow{"https://[v.example]", "\"v.example\" is no IPv6 address"},
        BadRow{"https://[::1]x", "after the address comes :port or a path"},
        BadRow{"https://[::1]:", "the port is missing after the colon"}),
    [](const auto& row) { return row_name(row.param.text, row.index); });

}  // namespace
}  // namespace fanout
