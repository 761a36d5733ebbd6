#include "daemon/fanoutd/watchdog.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

namespace fanout {
namespace {

class WatchdogTest : public testing::Test {
 protected:
  boost::asio::io_context loop;
  boost::asio::io_context store;
  int fed = 0;
  Watchdog watchdog{loop.get_executor(), store.get_executor(), milliseconds(2), [this] { ++fed; }};
};

TEST_F(WatchdogTest, IsFedAgainAndAgainWhileBothThreadsMove) {
  for (int i = 1; i <= 3; ++i) {
    loop.run_one();   // half of its patience is over
    store.run_one();  // the store thread answers
    store.restart();
    loop.run_one();
    EXPECT_EQ(fed, i);
  }
}

TEST_F(WatchdogTest, StarvesWhileTheStoreThreadIsStuck) {
  loop.run_one();
  EXPECT_EQ(loop.run_one_for(milliseconds(20)), 0U) << "it does not even ask again";
  EXPECT_EQ(fed, 0);
  store.run_one();
  loop.run_one();
  EXPECT_EQ(fed, 1) << "and is fed as soon as it moves again";
}

}  // namespace
}  // namespace fanout
