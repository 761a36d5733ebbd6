// The limiter with a limit that it has to find: what it is told, what it keeps, what it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "limit/limiter.h"

namespace fanout {
namespace {

using testing::HasSubstr;

class LimiterAdaptiveTest : public testing::Test {
 protected:
  static Limits searching() {
    Limits limits;
    limits.concurrency = 8;
    limits.adaptive = true;
    return limits;
  }
  static Ending with(Evidence evidence) {
    Ending ending;
    ending.evidence = evidence;
    ending.reason = "500: the vendor failed";
    ending.level = "a";
    return ending;
  }
  static Ending refusal() {
    Ending ending = with(Evidence::unclear);
    ending.asked_too_much = true;
    return ending;
  }
  Moment moment() const {
    return {now, WallTime{} + std::chrono::floor<milliseconds>(now.time_since_epoch()), "b"};
  }

  // One request as soon as it may, that takes 50 ms.
  void ask(const Ending& ending) {
    now = std::max(now, limiter.next(now));
    const auto ticket = limiter.take(now);
    limiter.sent(ticket, now);
    limiter.ended(ticket, ending, now += milliseconds(50));
  }
  void ask(int count) {
    for (int i = 0; i < count; ++i) ask(with(Evidence::alive));
  }

  MonoTime now{seconds(100)};
  Limiter limiter{searching(), now};
};

TEST_F(LimiterAdaptiveTest, BeginsWithOneASecondAndGoesFasterWithReplies) {
  EXPECT_EQ(limiter.allowed(), 1);
  const auto begin = now;
  ask(10);
  EXPECT_GE(now - begin, seconds(6));
  EXPECT_NEAR(limiter.allowed(), 2, 0.1) << "ten replies double it";
}

TEST_F(LimiterAdaptiveTest, LeavesAVendorAloneThatRefusesAndSaysForHowLongItself) {
  ask(30);
  ask(refusal());
  EXPECT_EQ(limiter.hold(), now + seconds(1));
  Ending told = refusal();
  told.hold = seconds(30);
  ask(told);
  EXPECT_EQ(limiter.hold(), now + seconds(30));
}

TEST_F(LimiterAdaptiveTest, BeginsAtHalfAfterARestart) {
  ask(40);
  const double before = limiter.allowed();
  ASSERT_GT(before, 4);
  Limiter later(searching(), now);
  later.restore(limiter.save(moment(), now), moment());
  EXPECT_NEAR(later.allowed(), before / 2, 0.01);
}

TEST_F(LimiterAdaptiveTest, KnowsHowLongSoManyTakeAtTheRateOfNow) {
  EXPECT_TRUE(limiter.searches());
  EXPECT_EQ(limiter.time_for(60, 1, now), seconds(60)) << "one a second";
  Limits both = searching();
  both.rates = {{1, seconds(10)}};
  const Limiter beside(both, now);
  EXPECT_GE(beside.time_for(60, 1, now), seconds(590)) << "the rate is the slower one";
}

TEST_F(LimiterAdaptiveTest, ReadsTheStateOfALimiterThatSearchedForNothing) {
  Limits known = searching();
  known.adaptive = false;
  Limiter before(known, now);
  limiter.restore(before.save(moment(), now), moment());
  EXPECT_EQ(limiter.allowed(), 1);
  before.restore(limiter.save(moment(), now), moment());
  EXPECT_EQ(before.allowed(), 0) << "and the other way round";
}

TEST_F(LimiterAdaptiveTest, BeginsAnewAfterAnOutage) {
  ask(40);
  for (int i = 0; i < 12; ++i) ask(with(Evidence::down));
  ASSERT_TRUE(limiter.breaker_open());
  EXPECT_EQ(limiter.allowed(), 1);
}

TEST_F(LimiterAdaptiveTest, SaysWhyItTakesAWhile) {
  EXPECT_EQ(limiter.why(now), "");
  ask(1);
  for (int i = 0; i < 3; ++i) ask(refusal());
  now = *limiter.hold();
  EXPECT_THAT(limiter.why(now), testing::AnyOf("", HasSubstr("is found from below")));
}

TEST_F(LimiterAdaptiveTest, ForgetsWhatItFoundWhenItIsToldNotToLook) {
  ask(40);
  Limits known = searching();
  known.adaptive = false;
  limiter.reconfigure(known, now);
  EXPECT_EQ(limiter.allowed(), 0);
  EXPECT_EQ(limiter.next(now), now);
  limiter.reconfigure(searching(), now);
  EXPECT_EQ(limiter.allowed(), 1);
}

}  // namespace
}  // namespace fanout
