#include "daemon/fanoutd/watchdog.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

namespace fanout {
namespace {

class WatchdogTest : public testing::Test {
 protected:
  // Runs the next thing that this thread has to do; false if nothing comes within a moment.
  static bool step(boost::asio::io_context& thread) {
    thread.restart();
    return thread.run_one_for(milliseconds(200)) == 1;
  }

  boost::asio::io_context loop;
  boost::asio::io_context store;
  int fed = 0;
  Watchdog watchdog{loop.get_executor(), store.get_executor(), milliseconds(2), [this] { ++fed; }};
};

TEST_F(WatchdogTest, IsFedAgainAndAgainWhileBothThreadsMove) {
  for (int i = 1; i <= 3; ++i) {
    EXPECT_TRUE(step(loop)) << "half of its patience is over";
    EXPECT_TRUE(step(store)) << "the store thread answers";
    EXPECT_TRUE(step(loop));
    EXPECT_EQ(fed, i);
  }
}

TEST_F(WatchdogTest, StarvesWhileTheStoreThreadIsStuck) {
  EXPECT_TRUE(step(loop));
  EXPECT_FALSE(step(loop)) << "it does not even ask again";
  EXPECT_EQ(fed, 0);
  EXPECT_TRUE(step(store));
  EXPECT_TRUE(step(loop));
  EXPECT_EQ(fed, 1) << "and is fed as soon as it moves again";
}

}  // namespace
}  // namespace fanout
