#include "http/socket_deadlines.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <vector>

namespace fanout {
namespace {

using boost::asio::ip::tcp;

struct Watched {
  explicit Watched(boost::asio::io_context& loop) : socket(loop, tcp::v4()) {}
  tcp::socket socket;
  SocketDeadline deadline{socket};
};

class SocketDeadlinesTest : public testing::Test {
 protected:
  boost::asio::io_context loop_;
  std::shared_ptr<SocketDeadlines> deadlines_ = std::make_shared<SocketDeadlines>(loop_.get_executor());
};

TEST_F(SocketDeadlinesTest, ClosesItsSocketWhenItsTimeHasCome) {
  Watched watched(loop_);
  deadlines_->set(watched.deadline, deadlines_->in(milliseconds(10)));
  EXPECT_FALSE(watched.deadline.passed());
  loop_.run();
  EXPECT_TRUE(watched.deadline.passed());
  EXPECT_FALSE(watched.socket.is_open());
  EXPECT_GE(deadlines_->in(milliseconds(0)), watched.deadline.at());
}

TEST_F(SocketDeadlinesTest, PassInTheirOrderWhateverThatOfTheirSetting) {
  Watched late(loop_), early(loop_), far(loop_);
  const auto now = deadlines_->in(milliseconds(0));
  deadlines_->set(far.deadline, now + std::chrono::hours(1));
  deadlines_->set(late.deadline, now + milliseconds(40));
  deadlines_->set(early.deadline, now + milliseconds(10));
  while (!early.deadline.passed()) loop_.run_one();
  EXPECT_FALSE(late.deadline.passed());
  while (!late.deadline.passed()) loop_.run_one();
  EXPECT_FALSE(far.deadline.passed());
  EXPECT_TRUE(far.socket.is_open());
}

TEST_F(SocketDeadlinesTest, OneThatIsUnsetSetAnewOrGoneDoesNotPass) {
  Watched unset(loop_), anew(loop_);
  auto gone = std::make_unique<Watched>(loop_);
  const auto soon = deadlines_->in(milliseconds(10));
  for (auto* watched : {&unset, &anew, gone.get()}) deadlines_->set(watched->deadline, soon);
  unset.deadline.unset();
  deadlines_->set(anew.deadline, soon + milliseconds(30));
  gone.reset();
  loop_.poll();  // the system has something to say of sockets that are not connected
  loop_.run_one();
  EXPECT_FALSE(anew.deadline.passed());
  loop_.run();
  EXPECT_TRUE(anew.deadline.passed());
  EXPECT_FALSE(unset.deadline.passed());
  EXPECT_TRUE(unset.socket.is_open());
}

TEST_F(SocketDeadlinesTest, WithNothingToWaitForNothingWakes) {
  Watched watched(loop_);
  deadlines_->set(watched.deadline, deadlines_->in(milliseconds(10)));
  watched.deadline.unset();
  loop_.poll();  // the system has something to say of a socket that is not connected
  EXPECT_EQ(loop_.run(), 1U) << "the timer runs out once, and is not set again";
}

TEST_F(SocketDeadlinesTest, TheOwnerIsWokenForAsLongAsItWantsToBe) {
  int calls = 0;
  deadlines_->also([&](SocketTime now) { return ++calls < 3 ? now + milliseconds(5) : SocketTime::max(); });
  deadlines_->wake_by(deadlines_->in(milliseconds(5)));
  loop_.run();
  EXPECT_EQ(calls, 3);
}

TEST_F(SocketDeadlinesTest, TheyMayEndWhileTheirTimerRuns) {
  deadlines_->wake_by(deadlines_->in(milliseconds(5)));
  deadlines_.reset();
  EXPECT_EQ(loop_.run(), 1U);
}

}  // namespace
}  // namespace fanout
