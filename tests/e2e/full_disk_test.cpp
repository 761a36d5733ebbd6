// The disk is full in the middle of a run: it stops asking, says why, goes on when there is room, and loses
// nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "e2e/house.h"

namespace fanout::test {
namespace {

using testing::HasSubstr;

// A file system of its own, so small that a run does not fit.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path at, const std::string& size) : at_(std::move(at)) {
    std::filesystem::create_directories(at_);
    const auto options = "size=" + size;
    mounted_ =
        mount("tmpfs", at_.c_str(), "tmpfs", 0, options.c_str()) == 0 ||
        (become_root_of_a_namespace() && mount("tmpfs", at_.c_str(), "tmpfs", 0, options.c_str()) == 0);
  }
  ~SmallDisk() {
    if (mounted_) umount2(at_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }
  bool grow(const std::string& size) const {
    return mount("tmpfs", at_.c_str(), "tmpfs", MS_REMOUNT, ("size=" + size).c_str()) == 0;
  }

 private:
  // Mounting needs root; a user namespace has one of its own. Not every system grants it.
  static bool become_root_of_a_namespace() {
    const auto user = std::to_string(getuid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
    return getuid() == 0;
  }

  std::filesystem::path at_;
  bool mounted_ = false;
};

TEST(FullDisk, StopsDispatchAndGoesOnWhenThereIsRoom) {
  const House house;
  const SmallDisk disk(house.state(), "3m");
  if (!disk.mounted())
    GTEST_SKIP() << "neither this user nor a namespace of its own may mount a small file system";
  const TestVendor vendor(house.path(), {"--scale", "0.1"});
  house.configure(House::story(vendor.url(), "rate = \"2000/1s\""));
  auto daemon = house.start_daemon();
  ASSERT_TRUE(eventually([&] { return house.is_up(); })) << house.daemon_log();
  house.fanoutctl({"start", "monitoring"});
  ASSERT_TRUE(eventually([&] { return house.daemon_log().find("nothing is asked") != std::string::npos; }))
      << house.daemon_log();
  EXPECT_THAT(house.daemon_log(), HasSubstr("free some space"));
  std::int64_t asked = 0;
  EXPECT_TRUE(eventually(
      [&] { return asked == std::exchange(asked, vendor.report()["requests"].get<std::int64_t>()); }));
  EXPECT_FALSE(eventually([&] { return vendor.report()["requests"] != asked; }, std::chrono::seconds(2)))
      << "nothing is asked while there is no room";
  EXPECT_TRUE(daemon.running());
  ASSERT_TRUE(disk.grow("100m"));
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT state FROM progress") == "finished"; },
                         std::chrono::seconds(60)))
      << house.daemon_log();
  const auto ids = house.records("/body/id");
  EXPECT_EQ(ids.size(), 2450U);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 2450U) << "each once";
  EXPECT_EQ(house.sql("SELECT count(*) FROM dead_letter"), "0");
}

}  // namespace
}  // namespace fanout::test
