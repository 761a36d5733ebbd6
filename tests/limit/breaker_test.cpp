#include "limit/breaker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "support/at.h"

namespace fanout {
namespace {

using enum Evidence;

class BreakerTest : public testing::Test {
 protected:
  void ask(Evidence evidence, std::int64_t ms) {
    const auto number = take();
    breaker_.finished(number, evidence, at(ms), "HTTP 503");
  }
  std::uint64_t take() {
    breaker_.taken(++number_);
    return number_;
  }
  void break_it(std::int64_t ms) {
    for (int i = 0; i < Breaker::kFailures; ++i) ask(down, ms);
  }

  Breaker breaker_;
  std::uint64_t number_ = 0;
};

TEST_F(BreakerTest, OpensWhenNobodyIsAnsweredWellFromTheBeginning) {
  for (int i = 0; i < 4; ++i) ask(down, 0);
  ask(unclear, 0);
  EXPECT_FALSE(breaker_.open());
  ask(down, 0);
  EXPECT_TRUE(breaker_.open());
}

TEST_F(BreakerTest, OpensWhenHalfOfTheLastTwentyRepliesAreFailures) {
  for (int i = 0; i < 100; ++i) ask(alive, 0);
  for (int i = 0; i < 9; ++i) ask(down, 0);
  EXPECT_FALSE(breaker_.open());
  ask(down, 0);
  EXPECT_TRUE(breaker_.open());
}

// However they lie among the others: one in three, or nine in a row and then eleven good ones.
TEST_F(BreakerTest, StaysClosedWhileMostAreAnsweredWell) {
  for (int i = 0; i < 300; ++i) ask(i % 3 == 0 ? down : alive, 0);
  EXPECT_FALSE(breaker_.open());
  for (int i = 0; i < 300; ++i) ask(i % 20 < 9 ? down : alive, 0);
  EXPECT_FALSE(breaker_.open());
  EXPECT_TRUE(breaker_.well());
}

TEST_F(BreakerTest, ProbesOneAtATimeAtGrowingIntervals) {
  break_it(0);
  std::int64_t now = 0;
  for (const std::int64_t interval : {1, 2, 4, 8, 16, 30, 30}) {
    ASSERT_EQ(breaker_.next(), at(now + interval * 1000));
    now += interval * 1000;
    const auto probe = take();
    EXPECT_EQ(breaker_.next(), MonoTime::max()) << "one at a time";
    now += 500;
    breaker_.finished(probe, down, at(now), "HTTP 503");
  }
}

TEST_F(BreakerTest, AnUnclearProbeMakesItWaitLongerToo) {
  break_it(0);
  ask(down, 1000);
  EXPECT_EQ(breaker_.next(), at(3000));
  ask(unclear, 3000);
  EXPECT_TRUE(breaker_.open());
  EXPECT_EQ(breaker_.next(), at(7000)) << "nobody knows, so nobody hurries";
}

TEST_F(BreakerTest, ClosesAtAGoodProbeAndStartsSlowly) {
  break_it(0);
  ask(alive, 1000);
  EXPECT_FALSE(breaker_.open());
  EXPECT_EQ(breaker_.cap(), 1);
  ask(alive, 1010);
  ask(unclear, 1020);
  ask(alive, 1030);
  EXPECT_EQ(breaker_.cap(), 3);
}

TEST_F(BreakerTest, WhatWasInFlightWhenItOpenedSaysNothing) {
  std::vector<std::uint64_t> hanging;
  hanging.reserve(10);
  for (int i = 0; i < 10; ++i) hanging.push_back(take());
  break_it(0);
  breaker_.finished(hanging[0], down, at(500), "late");
  breaker_.finished(hanging[1], alive, at(500), "");
  EXPECT_TRUE(breaker_.open());
  EXPECT_EQ(breaker_.next(), at(1000));
  ask(alive, 1000);
  for (std::size_t i = 2; i < hanging.size(); ++i) breaker_.finished(hanging[i], down, at(1100), "late");
  EXPECT_FALSE(breaker_.open()) << "what hung from before does not break it again";
}

TEST_F(BreakerTest, ATripOpensItAtOnceAndWaitsLongerWithEachProbeThatIsRefused) {
  ask(unclear, 0);
  breaker_.trip(at(0), "HTTP 401");
  EXPECT_EQ(breaker_.next(), at(1000));
  breaker_.trip(at(10), "HTTP 401");
  EXPECT_EQ(breaker_.next(), at(1000)) << "one that was in flight changes nothing";
  for (const auto evidence : {unclear, alive}) {
    breaker_.restore({true, 0, 1, milliseconds(1000), milliseconds(0), "HTTP 401"}, at(1000));
    ask(evidence, 1000);
    breaker_.trip(at(1000), "HTTP 401");
    EXPECT_TRUE(breaker_.open());
    EXPECT_EQ(breaker_.next(), at(3000));
  }
}

TEST_F(BreakerTest, SaysWhyInWordsThatStayTrueWhileTimePasses) {
  EXPECT_EQ(breaker_.why(), "");
  break_it(0);
  const auto why = breaker_.why();
  EXPECT_THAT(why, testing::HasSubstr("5 of the last 5 replies were failures, the last: HTTP 503"));
  take();
  EXPECT_EQ(breaker_.why(), why);
}

TEST_F(BreakerTest, ResetForgetsAllOfItAndWhatIsInFlight) {
  const auto before = take();
  break_it(0);
  breaker_.reset();
  EXPECT_FALSE(breaker_.open());
  EXPECT_EQ(breaker_.cap(), Breaker::kNoCap);
  for (int i = 0; i < 4; ++i) ask(down, 0);
  breaker_.finished(before, down, at(0), "of the old credentials");
  EXPECT_FALSE(breaker_.open());
}

TEST_F(BreakerTest, OutlivesARestart) {
  break_it(0);
  ask(down, 1000);
  const auto kept = breaker_.state(at(1500), at(1750));
  Breaker next;
  next.restore(kept, at(200));
  EXPECT_TRUE(next.open());
  EXPECT_EQ(next.next(), at(1700));
  EXPECT_EQ(next.why(), breaker_.why());
}

TEST_F(BreakerTest, AProbeThatMayHaveLeftCounts) {
  break_it(0);
  EXPECT_FALSE(breaker_.state(at(900), at(1150)).until_probe) << "it could leave by then";
  EXPECT_TRUE(breaker_.state(at(1100), at(1100)).until_probe) << "nothing leaves";
  take();
  const auto kept = breaker_.state(at(1100), at(1100));
  Breaker next;
  next.restore(kept, at(5000));
  EXPECT_EQ(next.next(), at(6000)) << "so that a process that keeps crashing does not storm the vendor";
}

}  // namespace
}  // namespace fanout
