// With nothing to do the daemon does nothing: no query, no wake-up. strace is the witness.
#include <gtest/gtest.h>

#include <sstream>

#include "e2e/house.h"

namespace fanout::test {
namespace {

// The system calls that a process makes in so many seconds, all threads together. One that merely goes on
// waiting is none.
std::string calls_of(pid_t process, const std::string& seconds, const std::filesystem::path& trace) {
  std::filesystem::remove(trace);
  run({.words = {"timeout", seconds, "strace", "-f", "-qq", "-o", trace, "-p", std::to_string(process)}});
  std::istringstream lines(contents_of(trace));
  std::string calls;
  for (std::string line; std::getline(lines, line);) {
    const bool goes_on_waiting =
        line.find("<detached ...>") != std::string::npos ||
        line.find("<unfinished ...>") != std::string::npos;  // its end would be a line too
    if (!goes_on_waiting) calls += line + "\n";
  }
  return calls;
}

// A timer that was set for a request before may still ring once: time limits are a minute at most.
void expect_rest(pid_t process, const std::filesystem::path& trace) {
  std::string calls;
  const bool rests = eventually(
      [&] {
        calls = calls_of(process, "4", trace);
        return calls.empty();
      },
      std::chrono::seconds(70));
  EXPECT_TRUE(rests) << "it never made no call for four seconds; the last ones:\n" << calls;
}

TEST(Idle, MakesNoSystemCallAtAll) {
  const House house;
  house.configure(House::story("http://127.0.0.1:9", "rate = \"10/1s\"", "schedule = \"0 0 1 1 *\""));
  auto daemon = house.start_daemon();
  const auto trace = house.path("trace");
  EXPECT_TRUE(eventually([&] { return house.is_up() && calls_of(daemon.id(), "0.5", trace).empty(); }))
      << "it comes to rest after its start\n"
      << house.daemon_log();
  EXPECT_EQ(calls_of(daemon.id(), "4", trace), "");
  EXPECT_TRUE(daemon.running());
}

TEST(Idle, ComesToRestWhileTheBreakerIsOpenAndThereIsNothingToAsk) {
  const House house;
  house.configure(House::story("http://127.0.0.1:9", ""));
  auto daemon = house.start_daemon();
  ASSERT_TRUE(eventually([&] { return house.is_up(); }));
  house.fanoutctl({"start", "monitoring"});
  ASSERT_TRUE(eventually([&] {
    return house.sql("SELECT count(*) FROM stuck WHERE why LIKE '%breaker%'") != "0";
  })) << house.daemon_log();
  house.fanoutctl({"cancel", "monitoring"});
  expect_rest(daemon.id(), house.path("trace"));
}

TEST(Idle, ComesToRestAfterARunAndAfterAnOrder) {
  const House house;
  const TestVendor vendor(house.path(), {"--scale", "0.01"});
  house.configure(House::story(vendor.url(), "rate = \"1000/1s\""));
  auto daemon = house.start_daemon();
  ASSERT_TRUE(eventually([&] { return house.is_up(); }));
  house.fanoutctl({"start", "monitoring"});
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT state FROM progress") == "finished"; }))
      << house.daemon_log();
  expect_rest(daemon.id(), house.path("trace"));
}

}  // namespace
}  // namespace fanout::test
