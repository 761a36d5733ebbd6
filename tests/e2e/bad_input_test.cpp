// What an operator or a vendor may get wrong: each gets a clear message with the way out and its exit code,
// and the database stays as it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "e2e/house.h"

namespace fanout::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Bad {
  const char* name;
  const char* config;
  const char* says;
  friend std::ostream& operator<<(std::ostream& out, const Bad& row) { return out << row.name; }
};

class BadConfigurationTest : public testing::TestWithParam<Bad> {};

TEST_P(BadConfigurationTest, IsRefusedWithTheWayOut) {
  const House house;
  std::ofstream(house.config()) << GetParam().config;
  for (const char* option : {"--check", "--once"}) {
    const auto ended =
        run({.words = {FANOUTD_BINARY, "--config", house.config(), "--state-dir", house.state(), option}});
    EXPECT_EQ(ended.code, 2) << option << "\n" << ended.output;
    EXPECT_THAT(ended.output, HasSubstr(GetParam().says)) << option;
  }
  EXPECT_FALSE(std::filesystem::exists(house.state())) << "nothing was made";
}

constexpr char kLevel[] = "[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n";

INSTANTIATE_TEST_SUITE_P(
    Files, BadConfigurationTest,
    testing::Values(
        Bad{"Empty", "", "no pipeline"}, Bad{"HalfWritten", "[vendor.v]\nbase_url = \"https://", ":2:"},
        Bad{"UnknownKey", "[vendor.v]\nbase_url = \"https://v.example\"\nretires = 1\n",
            "did you mean \"retry\""},
        Bad{"LiteralSecret",
            "[vendor.v]\nbase_url = \"https://v.example\"\nauth = { kind = \"bearer\", token = \"abc\" }\n",
            "{ env = "},
        Bad{"UnknownVendor",
            "[pipeline.p]\nvendor = \"w\"\n[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n",
            "vendor \"w\""},
        Bad{"NamedAll",
            "[vendor.v]\nbase_url = \"https://v.example\"\n[pipeline.all]\nvendor = \"v\"\n"
            "[[pipeline.all.level]]\nname = \"a\"\npath = \"/a\"\n",
            "means every one of them"},
        Bad{"Contradictory",
            "[vendor.v]\nbase_url = \"https://v.example\"\n[pipeline.p]\nvendor = "
            "\"v\"\n[[pipeline.p.level]]\n"
            "name = \"a\"\nparent = \"b\"\npath = \"/a\"\nitems = \"$\"\n[[pipeline.p.level]]\nname = "
            "\"b\"\nparent = "
            "\"a\"\npath = \"/b\"\nitems = \"$\"\n",
            "a → b → a"},
        Bad{"LeavesTheOutputFolder",
            "[vendor.v]\nbase_url = \"https://v.example\"\n[pipeline.p]\nvendor = "
            "\"v\"\n[[pipeline.p.level]]\n"
            "name = \"a\"\npath = \"/a\"\n[[pipeline.p.output]]\nlevel = \"a\"\nto = "
            "\"../../etc/a.ndjson\"\n",
            "to"}),
    [](const auto& each) { return each.param.name; });

class BadInputTest : public testing::Test {
 protected:
  std::string one_level(const std::string& url, const std::string& more = {}) const {
    return "[vendor.v]\nbase_url = \"" + url +
           "\"\nadaptive = false\nretry = { attempts = 2, base = \"10ms\", cap = \"10ms\" }\n" + more +
           "[pipeline.p]\nvendor = \"v\"\n" + kLevel;
  }
  void configure_one_level() const { house.configure(one_level("http://127.0.0.1:9")); }

  House house;
};

TEST_F(BadInputTest, AMissingConfigurationIsSaid) {
  const auto ended = run({.words = {FANOUTD_BINARY, "--config", house.path("none.toml"), "--check"}});
  EXPECT_EQ(ended.code, 2) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("none.toml"));
}

TEST_F(BadInputTest, AMissingSecretIsSaidBeforeAnythingIsAsked) {
  house.configure(
      one_level("http://127.0.0.1:9", "auth = { kind = \"bearer\", token = { env = \"NOT_SET\" } }\n"));
  for (const char* option : {"--once", "--check"}) {
    const auto ended = run({.words = {FANOUTD_BINARY, "--config", house.config(), option}});
    EXPECT_EQ(ended.code, 2) << ended.output;
    EXPECT_THAT(ended.output, HasSubstr("NOT_SET"));
  }
}

TEST_F(BadInputTest, AStateDirectoryThatCannotBeWrittenIsSaid) {
  configure_one_level();
  std::ofstream(house.path("file")) << "no folder";
  const auto ended = run({.words = {FANOUTD_BINARY, "--config", house.config(), "--state-dir",
                                    house.path("file/state"), "--once"}});
  EXPECT_EQ(ended.code, 1) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("--state-dir"));
}

struct BadDatabase {
  const char* name;
  const char* make;  // a sqlite3 or shell command; $1 is the database
  const char* says;
  friend std::ostream& operator<<(std::ostream& out, const BadDatabase& row) { return out << row.name; }
};

class BadDatabaseTest : public testing::TestWithParam<BadDatabase> {};

TEST_P(BadDatabaseTest, IsRefusedAndLeftAsItWas) {
  const House house;
  house.configure(
      std::string("[vendor.v]\nbase_url = \"http://127.0.0.1:9\"\n[pipeline.p]\nvendor = \"v\"\n") + kLevel);
  std::filesystem::create_directories(house.state());
  const auto made = run({.words = {"sh", "-ec", GetParam().make, "sh", house.database()}});
  ASSERT_EQ(made.code, 0) << made.output;
  const auto before = contents_of(house.database());
  const auto ended = house.once();
  EXPECT_EQ(ended.code, 1) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr(GetParam().says));
  EXPECT_EQ(contents_of(house.database()), before) << "it is as it was";
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadDatabaseTest,
    testing::Values(
        BadDatabase{"OfAnotherProgram", "sqlite3 \"$1\" 'CREATE TABLE theirs (a)'", "of another program"},
        BadDatabase{"OfANewerVersion",
                    "sqlite3 \"$1\" 'CREATE TABLE a (b); PRAGMA application_id = 1717661295; PRAGMA "
                    "user_version = 999'",
                    "of a newer fanoutd"},
        BadDatabase{"NoDatabaseAtAll", "head -c 10000 /dev/zero | tr '\\0' x >\"$1\"", "damaged"}),
    [](const auto& each) { return each.param.name; });

// ---- a vendor that is not what it should be

TEST_F(BadInputTest, AVendorThatIsUnknownOrRefusesIsHeldAndSaid) {
  for (const auto& [url, says] : {std::pair{"http://no-such-host.invalid", "no-such-host.invalid"},
                                  std::pair{"http://127.0.0.1:9", "refused"}}) {
    const House other;
    other.configure(one_level(url, "connect_timeout = \"1s\"\n"));
    auto daemon = other.start_daemon();
    ASSERT_TRUE(eventually([&] { return other.is_up(); }));
    other.fanoutctl({"start", "p"});
    EXPECT_TRUE(eventually([&, &says = says] {
      return other.sql("SELECT group_concat(why) FROM stuck").find(says) != std::string::npos;
    })) << says
        << ": " << other.sql("SELECT * FROM stuck") << other.daemon_log();
  }
}

struct HostileReply {
  const char* name;
  const char* option;
  const char* items;
  const char* says;
  friend std::ostream& operator<<(std::ostream& out, const HostileReply& row) { return out << row.name; }
};

class HostileReplyTest : public testing::TestWithParam<HostileReply> {};

TEST_P(HostileReplyTest, EndsAsADeadLetterThatSaysWhatWasWrong) {
  const House house;
  const TestVendor vendor(house.path(), {"--scale", "0.01", "--seed", "3", GetParam().option, "1"});
  house.configure(R"(
[vendor.v]
base_url = ")" + vendor.url() +
                  R"("
auth = { kind = "bearer", token = { env = "ORACLE_TOKEN" } }
timeout = "1s"
adaptive = false
retry = { attempts = 2, base = "10ms", cap = "10ms" }
[pipeline.p]
vendor = "v"
[[pipeline.p.level]]
name = "a"
path = "/device/groups"
items = ")" + std::string(GetParam().items) +
                  R"("
)");
  auto daemon = house.start_daemon();
  ASSERT_TRUE(eventually([&] { return house.is_up(); }));
  house.fanoutctl({"start", "p"});
  EXPECT_TRUE(eventually([&] {
    return house.sql("SELECT group_concat(what) FROM attempt").find(GetParam().says) != std::string::npos;
  })) << house.sql("SELECT * FROM attempt")
      << house.daemon_log();
}

INSTANTIATE_TEST_SUITE_P(Replies, HostileReplyTest,
                         testing::Values(HostileReply{"Malformed", "--fail-malformed", "$.items", "JSON"},
                                         HostileReply{"Truncated", "--fail-truncate", "$.items", "end"},
                                         HostileReply{"Hanging", "--fail-stall", "$.items", "1 s"},
                                         HostileReply{"NotAsTheLevelSays", "--vanish", "$.things",
                                                      "$.things"}),
                         [](const auto& each) { return each.param.name; });

TEST_F(BadInputTest, ALevelThatIsSkippedWholeIsSaid) {
  const TestVendor vendor(house.path(), {"--scale", "0.01"});
  auto toml = House::story(vendor.url(), "");
  toml.replace(toml.find("/device/groups/{troop.id}"), 14, "/device/groupz");
  house.configure(toml);
  const auto ended = house.once();
  EXPECT_EQ(ended.code, 0) << ended.output;
  for (const auto& said : {ended.output, house.fanoutctl({"status"}).output}) {
    EXPECT_THAT(said, HasSubstr("level warrior: all "));
    EXPECT_THAT(said, HasSubstr("tasks were skipped, so nothing of it was kept"));
  }
}

TEST_F(BadInputTest, TheSecretIsNowhere) {
  const TestVendor vendor(house.path(), {"--scale", "0.01", "--fail-500", "0.2"});
  house.configure(House::story(vendor.url(), "retry = { attempts = 2, base = \"1ms\", cap = \"1ms\" }"));
  const auto ended = house.once();
  EXPECT_THAT(ended.output, Not(HasSubstr(kToken)));
  const auto found = run({.words = {"grep", "-rlF", kToken, house.state()}});
  EXPECT_EQ(found.code, 1) << "the secret is in " << found.output;
}

}  // namespace
}  // namespace fanout::test
