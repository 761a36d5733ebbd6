#include "config/state_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "support/temporary_folder.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class StatePlaceTest : public testing::Test {
 protected:
  StatePlace of(const std::string& text, const std::string& name = "fanoutd.toml") const {
    std::ofstream(folder.path() / name) << text;
    return state_place(folder.path() / "fanoutd.toml");
  }

  TemporaryFolder folder;
};

TEST_F(StatePlaceTest, IsFoundHoweverWrongTheRestIs) {
  struct Case {
    const char* about;
    const char* text;
    const char* folder;
    bool read;
  };
  for (const auto& each : {
           Case{"a good file", "state_dir = \"/srv/one\"\n", "/srv/one", true},
           Case{"errors that only the daemon minds",
                "state_dir = \"/srv/one\"\nno_such_key = 1\n[vendor.v]\n", "/srv/one", true},
           Case{"no TOML further down", "state_dir = '/srv/two' # here\n[vendor.v]\nrate = \"1/1s\n",
                "/srv/two", false},
           Case{"no TOML, and it says nothing", "rate = \"1/1s\n", "fanoutd.state", false},
           Case{"a line of another section", "[vendor.v]\nstate_dir = \"/srv/no\"\nrate = \"\n",
                "fanoutd.state", false},
       }) {
    SCOPED_TRACE(each.about);
    const auto place = of(each.text);
    EXPECT_EQ(place.folder, each.folder);
    EXPECT_EQ(place.unread.empty(), each.read) << place.unread;
  }
}

TEST_F(StatePlaceTest, BeginsAtTheFolderOfTheFile) {
  EXPECT_EQ(of("state_dir = \"state\"\n").folder, folder.path() / "state");
  of("state_dir = \"theirs\"\n", "more.toml");
  EXPECT_EQ(of("include = [\"more.toml\"]\n").folder, folder.path() / "theirs");
}

TEST_F(StatePlaceTest, WithoutAFileIsTheDefaultAndIsSaid) {
  const auto place = state_place(folder.path() / "none.toml");
  EXPECT_EQ(place.folder, "fanoutd.state");
  EXPECT_THAT(place.unread, HasSubstr("there is no such file"));
}

// Whoever is not the service, and so has no $STATE_DIRECTORY, must find its queue.
TEST_F(StatePlaceTest, OfTheServiceIsTheServices) {
  EXPECT_EQ(default_state_dir(kServiceConfig), kServiceStateDir);
  EXPECT_EQ(default_state_dir("other.toml"), "fanoutd.state");
  ASSERT_EQ(setenv("STATE_DIRECTORY", "/given:/other", 1), 0);
  EXPECT_EQ(default_state_dir(kServiceConfig), "/given");
  unsetenv("STATE_DIRECTORY");
}

}  // namespace
}  // namespace fanout
