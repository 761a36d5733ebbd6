// With nothing to do the daemon does nothing: no query, no wake-up. strace is the witness.
#include <gtest/gtest.h>

#include <sstream>

#include "e2e/house.h"

namespace fanout::test {
namespace {

// The daemon under strace from its start on: nobody may begin to look into it later, since it is not
// dumpable.
Process start_traced(const House& house) {
  Command command;
  command.words = {"strace",       "-D",       "-f",          "-qq", "-o", house.path("trace"),
                   FANOUTD_BINARY, "--config", house.config()};
  command.environment = {{"ORACLE_TOKEN", kToken}};
  command.folder = house.path();
  command.output = house.path("daemon.log");
  return Process(command);
}

// The system calls that it makes in that time, all threads together. One that merely goes on waiting is none.
std::string calls_within(std::chrono::milliseconds time, const House& house) {
  const auto before = contents_of(house.path("trace")).size();
  eventually([] { return false; }, time);
  std::istringstream lines(contents_of(house.path("trace")).substr(before));
  std::string calls;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("<unfinished ...>") == std::string::npos)
      calls += line + "\n";  // its end would be a line too
  }
  return calls;
}

// A timer that was set for a request before may still ring once: time limits are a minute at most.
void expect_rest(const House& house) {
  std::string calls;
  const bool rests = eventually(
      [&] {
        calls = calls_within(std::chrono::seconds(4), house);
        return calls.empty();
      },
      std::chrono::seconds(70));
  EXPECT_TRUE(rests) << "it never made no call for four seconds; the last ones:\n" << calls;
  EXPECT_NE(contents_of(house.path("trace")), "") << "the witness sees something at other times";
}

TEST(Idle, MakesNoSystemCallAtAll) {
  const House house;
  house.configure(House::story("http://127.0.0.1:9", "rate = \"10/1s\"", "schedule = \"0 0 1 1 *\""));
  auto daemon = start_traced(house);
  EXPECT_TRUE(eventually([&] { return house.is_up(); })) << house.daemon_log();
  expect_rest(house);  // on a busy machine its start takes a while
  EXPECT_TRUE(daemon.running());
}

TEST(Idle, ComesToRestWhileTheBreakerIsOpenAndThereIsNothingToAsk) {
  const House house;
  house.configure(House::story("http://127.0.0.1:9", ""));
  auto daemon = start_traced(house);
  ASSERT_TRUE(eventually([&] { return house.is_up(); }));
  house.fanoutctl({"start", "monitoring"});
  ASSERT_TRUE(eventually([&] {
    return house.sql("SELECT count(*) FROM stuck WHERE why LIKE '%breaker%'") != "0";
  })) << house.daemon_log();
  house.fanoutctl({"cancel", "monitoring"});
  expect_rest(house);
}

TEST(Idle, ComesToRestAfterARunAndAfterAnOrder) {
  const House house;
  const TestVendor vendor(house.path(), {"--scale", "0.01"});
  house.configure(House::story(vendor.url(), "rate = \"1000/1s\""));
  auto daemon = start_traced(house);
  ASSERT_TRUE(eventually([&] { return house.is_up(); }));
  house.fanoutctl({"start", "monitoring"});
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT state FROM progress") == "finished"; }))
      << house.daemon_log();
  expect_rest(house);
}

}  // namespace
}  // namespace fanout::test
