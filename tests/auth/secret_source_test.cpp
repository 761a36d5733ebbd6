#include "auth/secret_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/temporary_folder.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::Not;

class SecretSourceTest : public testing::Test {
 protected:
  SecretSourceTest() {
    ::unsetenv("FANOUT_TEST_TOKEN");
    ::unsetenv("CREDENTIALS_DIRECTORY");
  }
  ~SecretSourceTest() override {
    ::unsetenv("FANOUT_TEST_TOKEN");
    ::unsetenv("CREDENTIALS_DIRECTORY");
  }

  SecretSource file(const std::string& content) {
    std::ofstream(folder_ / "token", std::ios::binary) << content;
    return {SecretSource::Kind::file, (folder_ / "token").string()};
  }
  std::string why_not(const SecretSource& source) {
    std::string why;
    EXPECT_FALSE(read_secret(source, &why));
    return why;
  }

  const SecretSource env_{SecretSource::Kind::env, "FANOUT_TEST_TOKEN"};
  const SecretSource credential_{SecretSource::Kind::credential, "token"};
  const TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
};

TEST_F(SecretSourceTest, IsReadFromTheEnvironment) {
  ::setenv("FANOUT_TEST_TOKEN", "hunter2", 1);
  EXPECT_EQ(read_secret(env_)->reveal(), "hunter2");
}

TEST_F(SecretSourceTest, IsReadFromAFileAnewEachTime) {
  EXPECT_EQ(read_secret(file("hunter2"))->reveal(), "hunter2");
  EXPECT_EQ(read_secret(file("hunter3"))->reveal(), "hunter3");
}

TEST_F(SecretSourceTest, LosesOneTrailingLineBreak) {
  EXPECT_EQ(read_secret(file("hunter2\n"))->reveal(), "hunter2");
  EXPECT_EQ(read_secret(file("hunter2\r\n"))->reveal(), "hunter2");
  EXPECT_EQ(read_secret(file(" hunter2 \n"))->reveal(), " hunter2 ");
}

TEST_F(SecretSourceTest, IsReadFromWhereSystemdPutsCredentials) {
  file("hunter2");
  ::setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1);
  EXPECT_EQ(read_secret(credential_)->reveal(), "hunter2");
}

TEST_F(SecretSourceTest, SaysWhichVariableIsMissing) {
  EXPECT_EQ(why_not(env_),
            "environment variable FANOUT_TEST_TOKEN is not set; export it where the daemon is started by "
            "hand, or set it with EnvironmentFile= in its unit");
  ::setenv("FANOUT_TEST_TOKEN", "", 1);
  EXPECT_EQ(why_not(env_), "environment variable FANOUT_TEST_TOKEN is empty; put the secret there");
}

TEST_F(SecretSourceTest, SaysWhichFileCannotBeRead) {
  EXPECT_THAT(why_not({SecretSource::Kind::file, "/nonexistent/token"}),
              HasSubstr("cannot read /nonexistent/token (No such file or directory)"));
  EXPECT_THAT(why_not({SecretSource::Kind::file, folder_.string()}), HasSubstr("Is a directory"));
  EXPECT_THAT(why_not(file("")), HasSubstr("is empty"));
  EXPECT_THAT(why_not(file("\n")), HasSubstr("is empty"));
  EXPECT_THAT(why_not(file(std::string(70'000, 'x'))), HasSubstr("larger than 64 KiB"));
}

TEST_F(SecretSourceTest, SaysHowToGiveACredential) {
  EXPECT_EQ(why_not(credential_),
            "there is no credential token: systemd gave this process none; give it with "
            "LoadCredential=token:/path/to/the/file in the daemon's unit");
  ::setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1);
  EXPECT_THAT(why_not(credential_), HasSubstr("LoadCredential=token:"));
}

// It goes into a header: a line break in it would begin another one.
TEST_F(SecretSourceTest, IsOneLineOfTextAndIsNeverRepeated) {
  for (const std::string& content : {std::string("hunter2\nX-Admin: 1\n"), std::string("hunter2\0", 8)}) {
    EXPECT_THAT(why_not(file(content)), HasSubstr("more than one line of text"));
    EXPECT_THAT(why_not(file(content)), Not(HasSubstr("hunter2")));
  }
}

}  // namespace
}  // namespace fanout
