// The daemon as systemd sees it: notifications, reload, drain, watchdog, one per state directory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "e2e/house.h"

namespace fanout::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

// Plays systemd: a datagram socket that gets what sd_notify sends.
class NotifySocket {
 public:
  explicit NotifySocket(const std::filesystem::path& path) : path_(path) {
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0) << path;
  }
  ~NotifySocket() { close(socket_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Waits for a message that holds this text; empty if none comes.
  std::string wait_for(const std::string& text, std::chrono::milliseconds time = seconds(20)) {
    std::string found;
    eventually(
        [&] {
          pollfd ready{socket_, POLLIN, 0};
          while (found.empty() && poll(&ready, 1, 0) > 0) {
            char message[4096];
            const auto length = recv(socket_, message, sizeof message, 0);
            const std::string_view got(message, length > 0 ? static_cast<std::size_t>(length) : 0);
            if (got.find(text) != std::string_view::npos) found = got;
          }
          return !found.empty();
        },
        time);
    return found;
  }

 private:
  std::filesystem::path path_;
  int socket_ = -1;
};

class ServiceTest : public testing::Test {
 protected:
  ServiceTest()
      : systemd(house.path("notify")), vendor(house.path(), {"--scale", "0.1", "--latency", "5ms"}) {
    configure("rate = \"100/1s\"");
  }

  void configure(const std::string& vendor_lines, const std::string& pipeline_lines = {}) const {
    house.configure(House::story(vendor.url(), vendor_lines, pipeline_lines));
  }

  Process start(const std::string& watchdog_us = {}) const {
    Command command;
    command.words = {FANOUTD_BINARY, "--config", house.config()};
    command.environment = {{"ORACLE_TOKEN", kToken}, {"NOTIFY_SOCKET", systemd.path()}};
    if (!watchdog_us.empty()) command.environment.emplace_back("WATCHDOG_USEC", watchdog_us);
    command.folder = house.path();
    command.output = house.path("daemon.log");
    return Process(command);
  }

  House house;
  NotifySocket systemd;
  TestVendor vendor;
};

TEST_F(ServiceTest, SaysWhenItIsReadyAndWhatItDoes) {
  auto daemon = start();
  EXPECT_NE(systemd.wait_for("READY=1"), "") << house.daemon_log();
  house.fanoutctl({"start", "monitoring"});
  EXPECT_THAT(systemd.wait_for("STATUS=monitoring: "), HasSubstr(" of ")) << house.daemon_log();
}

TEST_F(ServiceTest, KnowsHowFarAnOpenRunIsFromTheFirstMomentOn) {
  {
    auto daemon = start();
    systemd.wait_for("READY=1");
    house.fanoutctl({"start", "monitoring"});
    ASSERT_TRUE(
        eventually([&] { return house.sql("SELECT coalesce(sum(done), 0) > 20 FROM tally") == "1"; }));
    daemon.signal(SIGKILL);
    daemon.wait();
  }
  const auto far = house.sql("SELECT settled || ' of ' || expected FROM progress");
  auto daemon = start();
  const auto ready = systemd.wait_for("READY=1");
  EXPECT_THAT(ready, HasSubstr("monitoring: " + far));
  EXPECT_EQ(ready.find("0 ms left"), std::string::npos) << ready;
  EXPECT_TRUE(eventually([&] {
    return house.daemon_log().find("that were claimed when the daemon last ended") != std::string::npos;
  })) << house.daemon_log();
}

TEST_F(ServiceTest, SaysInItsStatusWhenTheNextRequestGoes) {
  auto daemon = start();
  systemd.wait_for("READY=1");
  vendor.process().signal(SIGKILL);  // nobody is there: it gets probes
  house.fanoutctl({"start", "monitoring"});
  EXPECT_THAT(systemd.wait_for("the breaker is open"), HasSubstr("; the next request goes in "));
  // Unless the next probe is just on its way.
  std::string status;
  EXPECT_TRUE(eventually([&] {
    status = house.fanoutctl({"status"}).output;
    return status.find("vendor/oracle is held: the breaker is open") != std::string::npos;
  })) << status;
}

TEST_F(ServiceTest, DrainsOnTermAndLosesNothing) {
  auto daemon = start();
  systemd.wait_for("READY=1");
  house.fanoutctl({"start", "monitoring"});
  ASSERT_TRUE(eventually([&] { return vendor.report()["answered_ok"] > 50; })) << house.daemon_log();
  daemon.signal(SIGTERM);
  EXPECT_NE(systemd.wait_for("STOPPING=1"), "");
  ASSERT_TRUE(daemon.ends_within(seconds(10))) << house.daemon_log();
  EXPECT_EQ(daemon.wait(), 0) << house.daemon_log();
  EXPECT_EQ(house.sql("SELECT sum(leased) FROM tally"), "0") << "nothing is left in flight";
  const auto report = vendor.report();
  EXPECT_EQ(house.sql("SELECT sum(done) FROM tally"), report["distinct_ok"].dump()) << "each answer was kept";
  EXPECT_EQ(report["repeated_ok"], 0);
}

TEST_F(ServiceTest, AppliesANewLimitOnHupWithoutDroppingARequest) {
  auto daemon = start();
  systemd.wait_for("READY=1");
  house.fanoutctl({"start", "monitoring"});
  ASSERT_TRUE(eventually([&] { return vendor.report()["answered_ok"] > 20; }));
  configure("concurrency = 32\nrate = \"2000/1s\"");
  daemon.signal(SIGHUP);
  const auto reloading = systemd.wait_for("RELOADING=1");
  EXPECT_THAT(reloading, HasSubstr("MONOTONIC_USEC="));
  EXPECT_NE(systemd.wait_for("READY=1"), "") << house.daemon_log();
  // 2,981 calls at 100 a second would take half a minute.
  EXPECT_TRUE(eventually([&] { return house.sql("SELECT state FROM progress") == "finished"; }, seconds(15)))
      << house.daemon_log();
  const auto report = vendor.report();
  EXPECT_EQ(report["repeated_ok"], 0);
  EXPECT_EQ(report["unanswered_ok"], 0);
}

TEST_F(ServiceTest, KeepsWhatHoldsWhenTheNewConfigurationIsBad) {
  auto daemon = start();
  systemd.wait_for("READY=1");
  configure("rte = \"100/1s\"");
  daemon.signal(SIGHUP);
  EXPECT_NE(systemd.wait_for("READY=1"), "") << "it goes on";
  EXPECT_TRUE(eventually([&] { return house.daemon_log().find("rte") != std::string::npos; }))
      << house.daemon_log();
  EXPECT_THAT(house.daemon_log(), HasSubstr("did you mean \"rate\""));
  const auto started =
      run({.words = {FANOUTCTL_BINARY, "--state-dir", house.state(), "start", "monitoring"}});
  EXPECT_EQ(started.code, 0) << started.output;
  EXPECT_TRUE(eventually([&] { return vendor.report()["answered_ok"] > 5; }));
}

TEST_F(ServiceTest, SaysInItsStatusThatAReloadWasRefusedUntilOneIsNot) {
  auto daemon = start();
  systemd.wait_for("READY=1");
  configure("rte = \"100/1s\"");
  daemon.signal(SIGHUP);
  EXPECT_THAT(systemd.wait_for("READY=1"), HasSubstr("is not in force: 1 error in the configuration"));
  house.fanoutctl({"start", "monitoring"});
  EXPECT_THAT(systemd.wait_for("monitoring: "), HasSubstr("is not in force")) << "whatever it does meanwhile";
  configure("rate = \"100/1s\"");
  daemon.signal(SIGHUP);
  const auto ready = systemd.wait_for("READY=1");
  EXPECT_NE(ready, "");
  EXPECT_EQ(ready.find("is not in force"), std::string::npos) << ready;
}

TEST_F(ServiceTest, StartsANewPipelineOnHup) {
  auto daemon = start();
  systemd.wait_for("READY=1");
  house.configure(House::story(vendor.url(), "rate = \"100/1s\"") + R"(
[pipeline.second]
vendor = "oracle"
[[pipeline.second.level]]
name = "list"
path = "/device/groups"
)");
  daemon.signal(SIGHUP);
  systemd.wait_for("READY=1");
  const auto started = house.fanoutctl({"start", "second"});
  EXPECT_EQ(started.code, 0) << started.output;
  EXPECT_TRUE(eventually(
      [&] { return house.sql("SELECT state FROM progress WHERE pipeline = 'second'") == "finished"; }));
}

TEST_F(ServiceTest, FeedsTheWatchdog) {
  auto daemon = start("1000000");
  systemd.wait_for("READY=1");
  for (int fed = 0; fed < 3; ++fed) EXPECT_NE(systemd.wait_for("WATCHDOG=1", seconds(3)), "") << fed;
}

TEST_F(ServiceTest, RefusesASecondDaemonAndSaysWhoIsThere) {
  auto daemon = start();
  systemd.wait_for("READY=1");
  const auto second = house.once();
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.output, HasSubstr("in use by process " + std::to_string(daemon.id())));
}

}  // namespace
}  // namespace fanout::test
