// What may happen to the daemon's process and its files at any moment of its life.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "e2e/house.h"

namespace fanout::test {
namespace {

using std::chrono::seconds;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class LifeTest : public testing::Test {
 protected:
  LifeTest() : vendor(house.path(), {"--scale", "0.05", "--latency", "5ms"}) {
    configure("rate = \"50/1s\"");
  }

  void configure(const std::string& vendor_lines) const {
    house.configure(House::story(vendor.url(), vendor_lines));
  }
  bool log_says(const std::string& text) const {
    return eventually([&] { return house.daemon_log().find(text) != std::string::npos; });
  }
  // A shell that holds the writer's lock until it is ended.
  Process lock_database() const {
    const auto made = house.path("locked");
    Process shell(
        {.words = {"bash", "-c",
                   "exec 3< <(echo 'BEGIN EXCLUSIVE;'; echo \".shell touch '$2'\"; exec tail -f /dev/null); "
                   "exec sqlite3 \"$1\" <&3",
                   "bash", house.database(), made}});
    EXPECT_TRUE(eventually([&] { return std::filesystem::exists(made); }));
    return shell;
  }

  House house;
  TestVendor vendor;
};

// ---- signals

TEST_F(LifeTest, AHangupWhileItStartsIsAReloadLater) {
  { house.started_daemon().signal(SIGKILL); }
  auto shell = lock_database();
  auto daemon = house.start_daemon();
  // It waits for the lock: its lock file is there, its database is not its own yet.
  ASSERT_TRUE(eventually([&] {
    return contents_of(house.state() / "fanoutd.lock").find(std::to_string(daemon.id())) != std::string::npos;
  }));
  daemon.signal(SIGHUP);
  EXPECT_FALSE(daemon.ends_within(std::chrono::milliseconds(300))) << daemon.wait();
  shell.signal(SIGKILL);
  EXPECT_TRUE(log_says("is in force")) << house.daemon_log();
}

TEST_F(LifeTest, ATermWhileItStartsEndsItAtOnce) {
  { house.started_daemon().signal(SIGKILL); }
  auto shell = lock_database();
  auto daemon = house.start_daemon();
  ASSERT_TRUE(eventually([&] {
    return contents_of(house.state() / "fanoutd.lock").find(std::to_string(daemon.id())) != std::string::npos;
  }));
  daemon.signal(SIGTERM);
  EXPECT_TRUE(daemon.ends_within(seconds(2))) << "the lock would be waited for longer";
}

TEST_F(LifeTest, AHangupDuringADrainIsOnlyLogged) {
  configure("rate = \"50/1s\"\ntimeout = \"60s\"");
  vendor.process().signal(SIGSTOP);  // so that a request stays in flight
  auto daemon = house.started_daemon();
  house.fanoutctl({"start", "monitoring"});
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT sum(leased) FROM tally") != "0"; }));
  daemon.signal(SIGTERM);
  ASSERT_TRUE(log_says("told to end"));
  daemon.signal(SIGHUP);
  EXPECT_TRUE(log_says("told to reload, which is of no use now"));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), 1);
  EXPECT_THAT(house.daemon_log(), HasSubstr("told again to end")) << "the last words are written";
  vendor.process().signal(SIGCONT);
}

TEST_F(LifeTest, SignalsThatComeTogetherAreObeyedOneAfterTheOther) {
  auto daemon = house.started_daemon();
  house.fanoutctl({"start", "monitoring"});
  ASSERT_TRUE(eventually([&] { return vendor.report()["answered_ok"] > 5; }));
  for (const int signal : {SIGHUP, SIGHUP, SIGTERM}) daemon.signal(signal);
  ASSERT_TRUE(daemon.ends_within(seconds(10))) << house.daemon_log();
  EXPECT_EQ(daemon.wait(), 0) << house.daemon_log();
  EXPECT_EQ(house.sql("SELECT sum(leased) FROM tally"), "0");
}

TEST_F(LifeTest, LeavesNoCoreFile) {
  auto daemon = house.started_daemon();
  const auto limits = contents_of("/proc/" + std::to_string(daemon.id()) + "/limits");
  EXPECT_THAT(limits, testing::ContainsRegex("Max core file size +0 +0"));
  // Whose memory may be read by others of its user is a file of that user; what is not dumpable is root's.
  struct stat memory {};
  ASSERT_EQ(stat(("/proc/" + std::to_string(daemon.id()) + "/mem").c_str(), &memory), 0);
  EXPECT_EQ(memory.st_uid, 0u);
}

// ---- a reader of its log that hangs

TEST_F(LifeTest, WorksOnAndEndsThoughNobodyReadsItsLog) {
  const auto log = house.path("daemon.log");
  ASSERT_EQ(mkfifo(log.c_str(), 0600), 0);
  const int both_ends = open(log.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  const std::string filling(4096, 'x');
  while (write(both_ends, filling.data(), filling.size()) > 0) {
  }
  auto daemon = house.start_daemon();
  ASSERT_TRUE(eventually([&] { return house.is_up(); }));
  EXPECT_EQ(house.fanoutctl({"start", "monitoring"}).code, 0);
  EXPECT_TRUE(eventually([&] { return vendor.report()["answered_ok"] > 20; }));
  daemon.signal(SIGTERM);
  EXPECT_TRUE(daemon.ends_within(seconds(10)));
  close(both_ends);
}

// ---- files that go away

struct Loss {
  const char* about;
  const char* command;  // $1 is the state directory
  const char* says;
};
void PrintTo(const Loss& loss, std::ostream* out) { *out << loss.about; }

class LostFilesTest : public LifeTest, public testing::WithParamInterface<Loss> {};

TEST_P(LostFilesTest, AreNoticedAndSaidAtOnce) {
  auto daemon = house.started_daemon();
  const auto done = run({.words = {"bash", "-ec", GetParam().command, "bash", house.state()}});
  ASSERT_EQ(done.code, 0) << done.output;
  ASSERT_TRUE(daemon.ends_within(seconds(3))) << house.daemon_log();
  EXPECT_EQ(daemon.wait(), 1);
  EXPECT_THAT(house.daemon_log(), HasSubstr(GetParam().says));
  EXPECT_THAT(house.daemon_log(), HasSubstr("while the daemon ")) << "ran, or had hardly started";
}

INSTANTIATE_TEST_SUITE_P(
    Each, LostFilesTest,
    testing::Values(Loss{"DatabaseRemoved", "rm \"$1/fanoutd.db\"", "fanoutd.db was removed or moved away"},
                    Loss{"DatabaseReplaced", "cp \"$1/fanoutd.db\" \"$1/b\"; mv \"$1/b\" \"$1/fanoutd.db\"",
                         "fanoutd.db was replaced by another"},
                    Loss{"LogRemoved", "rm \"$1/fanoutd.db-wal\"",
                         "fanoutd.db-wal was removed or moved away"},
                    Loss{"LockRemoved", "rm \"$1/fanoutd.lock\"", "fanoutd.lock was removed or moved away"},
                    Loss{"FolderMoved", "mv \"$1\" \"$1-old\"", "state was removed or moved away"},
                    Loss{"FolderReplaced", "mv \"$1\" \"$1-old\"; mkdir \"$1\"", "state was re"},
                    Loss{"FolderRemoved", "rm -r \"$1\"", "was removed or moved away"}),
    [](const auto& each) { return each.param.about; });

// ---- a configuration that is wrong by now

TEST_F(LifeTest, FanoutctlWorksWhileTheFileOnTheDiskIsWrong) {
  auto daemon = house.started_daemon();
  house.fanoutctl({"start", "monitoring"});
  for (const auto* wrong : {"[vendor.v]\nno_such_key = 1\n", "[vendor.v\nrate = \"\n"}) {
    house.configure(wrong);
    for (const auto* verb : {"status", "stuck", "runs"}) {
      const auto shown = house.fanoutctl({verb});
      EXPECT_EQ(shown.code, 0) << verb << "\n" << shown.output;
    }
    EXPECT_EQ(house.fanoutctl({"pause", "oracle"}).code, 0);
    EXPECT_EQ(house.fanoutctl({"resume", "oracle"}).code, 0);
  }
}

TEST_F(LifeTest, ARefusedReloadIsShownUntilTheFileIsRight) {
  auto daemon = house.started_daemon();
  const auto is_shown = [&] {
    return house.fanoutctl({"status"}).output.find("is not in force") != std::string::npos &&
           house.sql("SELECT count(*) FROM stuck WHERE what = 'fanoutd'") == "1";
  };
  configure("rte = \"1/1s\"");
  daemon.signal(SIGHUP);
  EXPECT_TRUE(eventually(is_shown)) << house.fanoutctl({"status"}).output;
  EXPECT_THAT(house.fanoutctl({"status"}).output, HasSubstr("rte"));
  configure("rate = \"50/1s\"");
  daemon.signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return !is_shown(); }));
  EXPECT_EQ(house.sql("SELECT count(*) FROM notice"), "0");
}

TEST_F(LifeTest, WithoutADaemonNoTimeIsLeftToCount) {
  auto daemon = house.started_daemon();
  house.fanoutctl({"start", "monitoring"});
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT count(eta_at) FROM run") == "1"; }))
      << house.daemon_log();
  daemon.signal(SIGKILL);
  daemon.wait();
  const auto status = house.fanoutctl({"status"}).output;
  EXPECT_THAT(status, HasSubstr("no daemon runs"));
  EXPECT_THAT(status, HasSubstr("it goes on when a daemon runs"));
  EXPECT_THAT(status, Not(ContainsRegex("[0-9] (s|min|h|days) left")));
}

// ---- limits of this machine

TEST_F(LifeTest, FewerFilesThanConnectionsAreRefusedAtTheStartAndInACheck) {
  configure("concurrency = 900");
  for (const auto* option : {"--check", "--once"}) {
    const auto ended = run({.words = {"bash", "-c", "ulimit -n 1000; exec \"$@\"", "bash", FANOUTD_BINARY,
                                      "--config", house.config(), option},
                            .environment = {{"ORACLE_TOKEN", kToken}}});
    EXPECT_EQ(ended.code, 2) << ended.output;
    EXPECT_THAT(ended.output, HasSubstr("LimitNOFILE="));
  }
  EXPECT_EQ(vendor.report()["requests"], 0);
}

}  // namespace
}  // namespace fanout::test
