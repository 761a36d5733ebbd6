#include "http/alarms.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <vector>

namespace fanout {
namespace {

using boost::asio::ip::tcp;

struct Watched {
  explicit Watched(boost::asio::io_context& loop) : socket(loop, tcp::v4()) {}
  tcp::socket socket;
  Alarm alarm{socket};
};

class AlarmsTest : public testing::Test {
 protected:
  boost::asio::io_context loop_;
  std::shared_ptr<Alarms> alarms_ = std::make_shared<Alarms>(loop_.get_executor());
};

TEST_F(AlarmsTest, AnAlarmClosesItsSocketWhenItsTimeHasCome) {
  Watched watched(loop_);
  alarms_->set(watched.alarm, alarms_->in(milliseconds(10)));
  EXPECT_FALSE(watched.alarm.rang());
  loop_.run();
  EXPECT_TRUE(watched.alarm.rang());
  EXPECT_FALSE(watched.socket.is_open());
  EXPECT_GE(alarms_->in(milliseconds(0)), watched.alarm.at());
}

TEST_F(AlarmsTest, TheyRingInTheirOrderWhateverThatOfTheirSetting) {
  Watched late(loop_), early(loop_), far(loop_);
  const auto now = alarms_->in(milliseconds(0));
  alarms_->set(far.alarm, now + std::chrono::hours(1));
  alarms_->set(late.alarm, now + milliseconds(40));
  alarms_->set(early.alarm, now + milliseconds(10));
  while (!early.alarm.rang()) loop_.run_one();
  EXPECT_FALSE(late.alarm.rang());
  while (!late.alarm.rang()) loop_.run_one();
  EXPECT_FALSE(far.alarm.rang());
  EXPECT_TRUE(far.socket.is_open());
}

TEST_F(AlarmsTest, OneThatIsUnsetSetAnewOrGoneDoesNotRing) {
  Watched unset(loop_), anew(loop_);
  auto gone = std::make_unique<Watched>(loop_);
  const auto soon = alarms_->in(milliseconds(10));
  for (auto* watched : {&unset, &anew, gone.get()}) alarms_->set(watched->alarm, soon);
  unset.alarm.unset();
  alarms_->set(anew.alarm, soon + milliseconds(30));
  gone.reset();
  loop_.poll();  // the system has something to say of sockets that are not connected
  loop_.run_one();
  EXPECT_FALSE(anew.alarm.rang());
  loop_.run();
  EXPECT_TRUE(anew.alarm.rang());
  EXPECT_FALSE(unset.alarm.rang());
  EXPECT_TRUE(unset.socket.is_open());
}

TEST_F(AlarmsTest, WithNothingToWaitForNothingWakes) {
  Watched watched(loop_);
  alarms_->set(watched.alarm, alarms_->in(milliseconds(10)));
  watched.alarm.unset();
  loop_.poll();  // the system has something to say of a socket that is not connected
  EXPECT_EQ(loop_.run(), 1U) << "the timer runs out once, and is not set again";
}

TEST_F(AlarmsTest, TheOwnerIsWokenForAsLongAsItWantsToBe) {
  int calls = 0;
  alarms_->also([&](SocketTime now) { return ++calls < 3 ? now + milliseconds(5) : SocketTime::max(); });
  alarms_->wake_by(alarms_->in(milliseconds(5)));
  loop_.run();
  EXPECT_EQ(calls, 3);
}

TEST_F(AlarmsTest, TheyMayEndWhileTheirTimerRuns) {
  alarms_->wake_by(alarms_->in(milliseconds(5)));
  alarms_.reset();
  EXPECT_EQ(loop_.run(), 1U);
}

}  // namespace
}  // namespace fanout
