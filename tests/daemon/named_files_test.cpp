#include "daemon/fanoutd/named_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "support/temporary_folder.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class NamedFilesTest : public testing::Test {
 protected:
  NamedFilesTest() {
    vendor().name = "v";
    vendor().base_url.tls = false;
  }
  VendorSpec& vendor() { return config.vendors["v"]; }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder.path() / name) << text;
    return folder.path() / name;
  }
  NamedFindings with_secret(SecretSource::Kind kind, const std::string& name) {
    vendor().auth.kind = "bearer";
    vendor().auth.secrets["token"] = {kind, name};
    return read_what_is_named(config);
  }
  NamedFindings with_ca_file(const std::string& path) {
    vendor().base_url.tls = true;
    vendor().ca_file = path;
    return read_what_is_named(config);
  }

  TemporaryFolder folder;
  Config config;
};

TEST_F(NamedFilesTest, AreReadAndWrongOnesSaid) {
  using Kind = SecretSource::Kind;
  EXPECT_THAT(with_secret(Kind::file, file("good", "secret\n")).wrong, IsEmpty());
  EXPECT_THAT(with_secret(Kind::file, folder.path() / "none").wrong, ElementsAre(HasSubstr("none")));
  EXPECT_THAT(with_secret(Kind::file, file("empty", "")).wrong, ElementsAre(HasSubstr("is empty")));
  EXPECT_THAT(with_secret(Kind::file, file("two", "a\nb\n")).wrong,
              ElementsAre(HasSubstr("more than one line")));
  EXPECT_THAT(with_secret(Kind::env, "FANOUT_TEST_NOT_SET").wrong,
              ElementsAre(HasSubstr("FANOUT_TEST_NOT_SET")))
      << "a start from here would be refused";
  vendor().auth = {};
  EXPECT_THAT(with_ca_file(folder.path() / "none.pem").wrong, ElementsAre(HasSubstr("none.pem")));
  EXPECT_THAT(with_ca_file(file("text.pem", "no certificate")).wrong, ElementsAre(HasSubstr("text.pem")));
}

TEST_F(NamedFilesTest, ThatOnlyTheDaemonCanTellOfAreSaidToBeUnread) {
  using Kind = SecretSource::Kind;
  const auto found = with_secret(Kind::credential, "token");
  EXPECT_THAT(found.wrong, IsEmpty());
  EXPECT_THAT(found.unread, ElementsAre(HasSubstr("vendor v: ")));
}

TEST_F(NamedFilesTest, OfAnotherUserAreSaidToBeUnread) {
  const auto secret = file("theirs", "secret\n");
  std::filesystem::permissions(secret, std::filesystem::perms::none);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  // Root may read everything, so this looks with another user's eyes.
  const bool is_root = geteuid() == 0;
  ASSERT_EQ(is_root ? seteuid(65534) : 0, 0);
  const auto found = with_secret(SecretSource::Kind::file, secret);
  ASSERT_EQ(is_root ? seteuid(0) : 0, 0);
  EXPECT_THAT(found.wrong, IsEmpty());
  EXPECT_THAT(found.unread, ElementsAre(HasSubstr("may not read it")));
}

}  // namespace
}  // namespace fanout
