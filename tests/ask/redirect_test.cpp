// lib/ask/redirect.cpp
#include "ask/redirect.h"

#include <gtest/gtest.h>

#include "ask/request_builder.h"
#include "support/row_name.h"

namespace fanout {
namespace {

struct Row {
  const char* location;
  const char* target;  // null: it is not followed
  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.location; }
};

class Redirect : public testing::TestWithParam<Row> {};

TEST_P(Redirect, IsFollowedOnTheSameOriginOnly) {
  VendorSpec vendor;
  vendor.base_url = {true, "vendor.example", "443", "/rest"};
  const auto target = same_origin_target(vendor, "/rest/a/b?c=d", GetParam().location);
  EXPECT_EQ(target,
            GetParam().target == nullptr ? std::nullopt : std::optional<std::string>(GetParam().target))
      << GetParam().location;
}

INSTANTIATE_TEST_SUITE_P(
    Locations, Redirect,
    testing::Values(
        Row{"", nullptr}, Row{"https://vendor.example/x?y=z#f", "/x?y=z"},
        Row{"HTTPS://Vendor.Example:443/x", "/x"}, Row{"https://vendor.example", "/"},
        Row{"https://vendor.example?q", "/?q"}, Row{"//vendor.example/x", "/x"}, Row{"/x", "/x"},
        Row{"x", "/rest/a/x"}, Row{"x/y?z", "/rest/a/x/y?z"}, Row{"?q=1", "/rest/a/b?q=1"},
        Row{"#f", "/rest/a/b?c=d"}, Row{"..", "/rest/"}, Row{"../x", "/rest/x"}, Row{"../../../../x", "/x"},
        Row{".", "/rest/a/"}, Row{"./x", "/rest/a/x"}, Row{"/a/./b/../c", "/a/c"}, Row{"/a/..", "/"},
        Row{"/a/.hidden", "/a/.hidden"}, Row{"/x?a=../b", "/x?a=../b"}, Row{"/a:b", "/a:b"},
        // Another scheme, host or port.
        Row{"http://vendor.example/x", nullptr}, Row{"https://vendor.example:8443/x", nullptr},
        Row{"https://evil.example/x", nullptr}, Row{"//evil.example/x", nullptr},
        Row{"https://vendor.example.evil.example/x", nullptr},
        Row{"https://vendor.example@evil.example/x", nullptr},
        Row{"https://user:pass@vendor.example/x", nullptr},
        Row{"https://evil.example\\@vendor.example/", nullptr}, Row{"https:/x", nullptr},
        Row{"https:x", nullptr}, Row{"mailto:a@b", nullptr}, Row{"javascript:x", nullptr},
        Row{"https:///x", nullptr}, Row{"https://[::1]/x", nullptr}, Row{"///evil.example", nullptr},
        // What would break the request line, and what only looks as if.
        Row{"/x\r\nHost: evil", nullptr}, Row{"/x\x7F", nullptr}, Row{"/a b", "/a%20b"}, Row{"/ü", "/%C3%BC"},
        Row{"/\\evil.example", "/%5Cevil.example"}, Row{"/a%20b", "/a%20b"}, Row{"/\"<>", "/%22%3C%3E"}),
    [](const auto& row) { return row_name(row.param.location, row.index); });

TEST(Redirect, ToAnotherPortIsTheSameOriginWhereThatIsOurs) {
  VendorSpec vendor;
  vendor.base_url = {false, "::1", "8080", ""};
  EXPECT_EQ(same_origin_target(vendor, "/", "http://[::1]:8080/x"), "/x");
  EXPECT_EQ(same_origin_target(vendor, "/", "http://[::1]/x"), std::nullopt);
}

// Sent again beside what signing adds, the vendor would have two to choose from, and a row one of them.
TEST(Redirect, ThatRepeatsTheParameterOfAuthIsAskedWithIt) {
  VendorSpec vendor;
  vendor.auth = {"query", {{"name", "key"}}, {}};
  const std::pair<const char*, const char*> rows[] = {{"/x?key=s3cret", "/x"},
                                                      {"/x?a=1&key=s3cret&b=2", "/x?a=1&b=2"},
                                                      {"/x?%6Bey=s3cret&a", "/x?a"},
                                                      {"/x?key", "/x"},
                                                      {"/x?keys=1&Key=2", "/x?keys=1&Key=2"},
                                                      {"?key=1&page=2", "/asked?page=2"},
                                                      {"/x?a=key%3D1", "/x?a=key%3D1"},
                                                      {"/key=1", "/key=1"}};
  for (const auto& [location, target] : rows)
    EXPECT_EQ(same_origin_target(vendor, "/asked", location), target);
}

TEST(Redirect, ToATargetOfAbsurdLengthIsNotFollowed) {
  VendorSpec vendor;
  EXPECT_EQ(same_origin_target(vendor, "/", "/" + std::string(9000, 'x')), std::nullopt);
  EXPECT_EQ(same_origin_target(vendor, "/", "/" + std::string(3000, ' ')), std::nullopt);
}

}  // namespace
}  // namespace fanout
