#include "daemon/fanoutd/watchdog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <string>

#include "base/system_clock.h"

namespace fanout {
namespace {

using testing::HasSubstr;

// Two threads, played by two loops that a test steps through.
class WatchdogTest : public testing::Test {
 protected:
  // Runs the next thing that this thread has to do; false if nothing comes within a moment.
  static bool step(boost::asio::io_context& thread, milliseconds moment = milliseconds(200)) {
    thread.restart();
    return thread.run_one_for(moment) == 1;
  }

  boost::asio::io_context loop;
  boost::asio::io_context store;
  SystemClock clock{loop.get_executor()};
  std::string said;
  Log log{[this](Severity, std::string_view line) { said += std::string(line) + "\n"; }};
  int changes = 0;
};

class WatchdogFeedTest : public WatchdogTest {
 protected:
  int fed = 0;
  StorePulse pulse{loop.get_executor(), store.get_executor(), clock, log, std::chrono::hours(1), [] {}};
  Watchdog watchdog{loop.get_executor(), pulse, milliseconds(8), [this] { ++fed; }};

  // Until it was fed once more.
  bool feed() {
    const int before = fed;
    while (fed == before) {
      if (!step(loop, milliseconds(20)) && !step(store, milliseconds(20))) return false;
    }
    return true;
  }
};

TEST_F(WatchdogFeedTest, IsFedAgainAndAgainWhileBothThreadsMove) {
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(feed()) << i;
}

TEST_F(WatchdogFeedTest, StarvesWhileTheStoreThreadIsStuck) {
  while (step(loop)) {
  }
  EXPECT_EQ(fed, 0) << "it does not even ask again";
  EXPECT_TRUE(feed()) << "and is fed as soon as it moves again";
}

class StorePulseTest : public WatchdogTest {
 protected:
  StorePulse pulse{loop.get_executor(), store.get_executor(), clock, log,
                   milliseconds(5),     [this] { ++changes; }};
};

TEST_F(StorePulseTest, SaysNothingOfAStoreThreadThatAnswers) {
  int answers = 0;
  pulse.ask([&] { ++answers; });
  pulse.ask([&] { ++answers; });
  EXPECT_TRUE(step(store));
  while (step(loop, milliseconds(20))) {
  }
  EXPECT_EQ(answers, 2);
  EXPECT_EQ(pulse.silence(), std::nullopt);
  EXPECT_EQ(said, "");
  EXPECT_EQ(changes, 0);
}

TEST_F(StorePulseTest, SaysThatTheDiskDoesNotAnswerAndThatItDoesAgain) {
  pulse.ask();
  EXPECT_TRUE(step(loop)) << "the time is over";
  EXPECT_THAT(said, HasSubstr("the disk has not answered for "));
  EXPECT_GE(pulse.silence(), milliseconds(5));
  EXPECT_EQ(changes, 1);
  EXPECT_TRUE(step(store));
  EXPECT_TRUE(step(loop));
  EXPECT_THAT(said, HasSubstr("the disk answers again, after "));
  EXPECT_EQ(pulse.silence(), std::nullopt);
  EXPECT_EQ(changes, 2);
}

}  // namespace
}  // namespace fanout
