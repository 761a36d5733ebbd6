// lib/auth/credentials.cpp
#include "auth/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/error.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kVariable[] = "CREDENTIALS_TEST_SECRET";
constexpr char kSecret[] = "hunter2/of the vendor";

VendorSpec vendor_with(const std::string& kind, const std::string& key,
                       std::map<std::string, std::string> settings = {}) {
  VendorSpec vendor;
  vendor.name = "v";
  vendor.auth = {kind, std::move(settings), {{key, {SecretSource::Kind::env, kVariable}}}};
  return vendor;
}

class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() { setenv(kVariable, kSecret, 1); }
  ~CredentialsTest() override { unsetenv(kVariable); }
};

TEST_F(CredentialsTest, HideTheSecretInEveryFormInWhichItIsSent) {
  for (const auto& vendor :
       {vendor_with("bearer", "token"), vendor_with("basic", "password", {{"user", "u"}}),
        vendor_with("header", "value", {{"name", "X-Key"}}),
        vendor_with("query", "value", {{"name", "key"}})}) {
    const auto credentials = Credentials::prepare(vendor);
    Request request;
    credentials->sign(request);
    const auto header = request.secret_header_value.reveal();
    const auto sent = header.substr(header.rfind("r ") == std::string::npos ? 0 : header.find(' ') + 1);
    const auto query = request.secret_query.reveal();
    const auto shown = credentials->redact("bad: " + header + ", " + query + ", again " + kSecret + ".");
    EXPECT_THAT(shown, Not(HasSubstr("hunter2"))) << vendor.auth.kind;
    if (!sent.empty()) {
      EXPECT_THAT(shown, Not(HasSubstr(sent))) << vendor.auth.kind;
    }
    EXPECT_THAT(shown, HasSubstr("again ….")) << vendor.auth.kind;
  }
}

TEST_F(CredentialsTest, WithoutPaddingAndAsWrittenInUrlsAreHiddenToo) {
  setenv(kVariable, "~~~~>?", 1);
  const auto basic = Credentials::prepare(vendor_with("basic", "password", {{"user", "uu"}}));
  Request request;
  basic->sign(request);
  ASSERT_EQ(request.secret_header_value.reveal(), "Basic dXU6fn5+fj4/");
  EXPECT_EQ(basic->redact("dXU6fn5+fj4/ dXU6fn5-fj4_ dXU6fn5%2Bfj4%2f dXU6fn5+fj4\\/"), "… … … …");
}

TEST_F(CredentialsTest, StayAsTheyWereWhenOthersTakeTheirPlace) {
  const auto before = Credentials::prepare(vendor_with("bearer", "token"));
  setenv(kVariable, "another", 1);
  std::string why;
  const auto after = before->refused(&why);
  ASSERT_NE(after, nullptr) << why;
  EXPECT_FALSE(*before == *after);
  EXPECT_EQ(before->redact(kSecret), "…");
  EXPECT_EQ(after->redact("another"), "…");
  setenv(kVariable, kSecret, 1);
  EXPECT_TRUE(*before == *after->refused(&why));
}

TEST_F(CredentialsTest, ThatCannotBeReadAreAnErrorAtTheStartAndAValueLater) {
  const auto before = Credentials::prepare(vendor_with("bearer", "token"));
  unsetenv(kVariable);
  std::string why;
  EXPECT_EQ(before->refused(&why), nullptr);
  EXPECT_THAT(why, HasSubstr(kVariable));
  EXPECT_THROW(Credentials::prepare(vendor_with("bearer", "token")), Error);
}

TEST_F(CredentialsTest, OfNobodyHideNothing) {
  EXPECT_EQ(Credentials::prepare(VendorSpec())->redact("a text"), "a text");
}

}  // namespace
}  // namespace fanout
