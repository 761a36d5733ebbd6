#include "limit/allowance.h"

#include <gtest/gtest.h>

#include <limits>

#include "support/at.h"

namespace fanout {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Allowance::Word left(std::int64_t remaining, std::optional<milliseconds> reset_in = seconds(60)) {
  return {.remaining = remaining, .reset_in = reset_in, .well = true};
}

TEST(Allowance, IsNoBoundBeforeAnythingIsTold) {
  const Allowance allowance;
  EXPECT_EQ(allowance.next(at(5), 100), at(5));
  EXPECT_GT(allowance.room(at(5), 100), 1'000'000);
}

TEST(Allowance, CountsWhatIsInFlightAgainstWhatRemains) {
  Allowance allowance;
  allowance.told(left(3), at(0), at(10));
  EXPECT_EQ(allowance.next(at(10), 2), at(10));
  EXPECT_EQ(allowance.room(at(20), 1), 2);
  EXPECT_EQ(allowance.next(at(10), 3), MonoTime::max()) << "all three may be still to count";
  EXPECT_EQ(allowance.room(at(20), 5), 0);
}

TEST(Allowance, TheLowestHasCountedAllThatHaveTold) {
  Allowance allowance;
  // Four at once; their replies come in another order than they were counted in.
  allowance.told(left(7), at(0), at(10));
  allowance.told(left(9), at(0), at(11));
  allowance.told(left(6), at(0), at(12));
  allowance.told(left(8), at(0), at(13));
  EXPECT_EQ(allowance.room(at(13), 0), 6);
}

TEST(Allowance, WhoeverLeftAfterTheLowestWasHeardKnowsMore) {
  Allowance allowance;
  allowance.told(left(2), at(0), at(10));
  allowance.told(left(50), at(5), at(20));
  EXPECT_EQ(allowance.room(at(20), 0), 2) << "it may have been counted before";
  allowance.told(left(50), at(20), at(30));
  EXPECT_EQ(allowance.room(at(30), 0), 50);
}

TEST(Allowance, ThatEndsWithoutAWordMayHaveBeenCountedAfterTheLowest) {
  Allowance allowance;
  allowance.told(left(3), at(0), at(10));
  allowance.untold(at(15));
  allowance.untold(at(16));
  EXPECT_EQ(allowance.room(at(20), 0), 1);
  allowance.told(left(2), at(16), at(30));
  EXPECT_EQ(allowance.room(at(30), 0), 2) << "both were counted before this one";
  for (int i = 0; i < 10'000; ++i) allowance.untold(at(40));
  EXPECT_EQ(allowance.next(at(50), 0), at(60'030)) << "nothing is left for sure, until it begins anew";
  EXPECT_EQ(allowance.next(at(60'030), 0), at(60'030));
  EXPECT_EQ(allowance.next(at(60'030), 1), MonoTime::max());
}

TEST(Allowance, NothingLeavesBeforeTheResetWhenNothingRemains) {
  Allowance allowance;
  allowance.told(left(0), at(0), at(10));
  EXPECT_EQ(allowance.next(at(10), 0), at(60'010));
  EXPECT_EQ(allowance.next(at(10), 4), at(60'010)) << "replies in flight change nothing";
  EXPECT_EQ(allowance.empty_until(at(10)), at(60'010));
  EXPECT_EQ(allowance.room(at(60'009), 0), 0);
  EXPECT_EQ(allowance.room(at(60'010), 0), 1) << "which tells what there is then";
  allowance.told(left(0, seconds(120)), at(5), at(20));
  EXPECT_EQ(allowance.next(at(20), 0), at(60'010)) << "one that was in flight beside it moves nothing";
}

TEST(Allowance, NoZeroIsLongerThanADay) {
  Allowance allowance;
  allowance.told(left(0, hours(24 * 30)), at(0), at(0));
  EXPECT_EQ(allowance.next(at(0), 0), MonoTime(hours(24)));
}

TEST(Allowance, AfterTheResetTheFirstReplyTellsAnew) {
  Allowance allowance;
  allowance.told(left(0), at(0), at(0));
  EXPECT_EQ(allowance.next(at(60'000), 0), at(60'000));
  EXPECT_EQ(allowance.next(at(60'000), 1), MonoTime::max())
      << "the limit may roll on, and give back one only";
  EXPECT_EQ(allowance.next(at(120'000), 3), at(120'000)) << "who tells nothing for a minute holds up nothing";
  allowance.told(left(99), at(60'000), at(60'010));
  EXPECT_EQ(allowance.room(at(60'010), 3), 96);
}

TEST(Allowance, AZeroWhoseEndNobodyTellsIsTriedAfterAWhileThatDoubles) {
  Allowance allowance;
  auto now = at(0);
  for (const auto wait : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
    allowance.told({.remaining = 0, .refused = true}, now, now);
    ASSERT_EQ(allowance.next(now, 0), now + seconds(wait));
    now += seconds(wait);
  }
  allowance.told(left(7, {}), now, now);
  allowance.told({.remaining = 0, .reset_in = seconds(0), .refused = true}, now, now);
  EXPECT_EQ(allowance.next(now, 0), now + seconds(1)) << "a reset that is over says nothing";
}

TEST(Allowance, AZeroOfAKnownWindowLastsAsLongAsThatButOfALongOneNotAtOnce) {
  Allowance minute, day;
  minute.told({.remaining = 0, .window = minutes(1)}, at(0), at(0));
  EXPECT_EQ(minute.next(at(0), 0), at(60'000));
  day.told({.remaining = 0, .window = hours(24)}, at(0), at(0));
  EXPECT_EQ(day.next(at(0), 0), MonoTime(minutes(5)));
  day.told({.remaining = 0, .window = hours(24)}, MonoTime(minutes(5)), MonoTime(minutes(5)));
  EXPECT_EQ(day.next(MonoTime(minutes(5)), 0), MonoTime(minutes(15)));
}

TEST(Allowance, ARefusalNeverRaisesWhatRemains) {
  Allowance allowance;
  allowance.told(left(2), at(0), at(0));
  for (int i = 1; i < 10; ++i)
    allowance.told({.remaining = 100 * i, .reset_in = seconds(60), .refused = true}, at(i), at(i));
  EXPECT_EQ(allowance.room(at(10), 0), 2);
}

// ---- a vendor that says zero and means something else

// Answers well whenever it is asked, and says that nothing remains. How long each wait was.
std::vector<std::int64_t> waits_of(Allowance& allowance, MonoTime& now, Allowance::Word word, int times) {
  std::vector<std::int64_t> waits;
  for (int i = 0; i < times; ++i) {
    allowance.told(word, now, now);
    const auto next = allowance.next(now, 0);
    waits.push_back((next - now) / seconds(1));
    now = next;
  }
  return waits;
}

TEST(Allowance, AZeroThatIsNoTruthFreezesNothingForEver) {
  Allowance allowance;
  auto now = at(0);
  EXPECT_EQ(waits_of(allowance, now, left(0, hours(24)), 6),
            (std::vector<std::int64_t>{86'400, 3'600, 3'600, 0, 0, 0}));
  EXPECT_FALSE(allowance.believed());
  waits_of(allowance, now, left(0, hours(24)), 6);
  EXPECT_GT(allowance.room(now, 50), 100) << "more with each good answer";
}

TEST(Allowance, AZeroIsTriedWithOneRequestFirst) {
  Allowance allowance;
  auto now = at(0);
  waits_of(allowance, now, left(0), 4);
  EXPECT_EQ(allowance.room(now, 0), 1);
  allowance.told(left(0), now, now);
  EXPECT_EQ(allowance.room(now, 0), 2);
}

TEST(Allowance, ARefusalProvesAZeroAndThenItTakesLongerToStopBelievingIt) {
  Allowance allowance;
  auto now = at(0);
  waits_of(allowance, now, left(0), 4);
  ASSERT_FALSE(allowance.believed());
  allowance.told({.remaining = 0, .reset_in = seconds(60), .refused = true}, now, now);
  EXPECT_EQ(allowance.next(now, 0), now + seconds(60));
  now += seconds(60);
  EXPECT_EQ(waits_of(allowance, now, left(0, seconds(30)), 7),
            (std::vector<std::int64_t>{30, 30, 30, 0, 0, 0, 0}))
      << "two minutes, these among them, instead of one";
}

TEST(Allowance, ARefusalThatDoesNotSayWhatRemainsProvesAZeroToo) {
  Allowance allowance;
  auto now = at(0);
  waits_of(allowance, now, left(0), 4);
  ASSERT_FALSE(allowance.believed());
  allowance.refused();
  EXPECT_TRUE(allowance.believed());
}

TEST(Allowance, AnotherCountIsBelievedAtOnce) {
  Allowance allowance;
  auto now = at(0);
  waits_of(allowance, now, left(0), 4);
  allowance.told(left(5), now, now);
  EXPECT_EQ(allowance.room(now, 0), 5);
  allowance.told(left(0), now, now);
  EXPECT_EQ(allowance.next(now, 0), now + seconds(60));
}

TEST(Allowance, ALimitOfOneSaysZeroEachTimeAndIsNoLie) {
  Allowance allowance;
  auto now = at(0);
  auto word = left(0, hours(2));
  word.of_one = true;
  for (const auto wait : waits_of(allowance, now, word, 20)) EXPECT_EQ(wait, 7200);
}

// The last of what it had, well used: ten each time.
TEST(Allowance, AWindowThatIsUsedUpAgainAndAgainIsNoLie) {
  Allowance allowance;
  auto now = at(0);
  for (int window = 0; window < 20; ++window) {
    for (int rest = 9; rest >= 0; --rest) allowance.told(left(rest, hours(2)), now, now + seconds(1));
    ASSERT_EQ(allowance.next(now + seconds(1), 0), now + seconds(1) + hours(2)) << window;
    now += hours(3);
  }
}

TEST(Allowance, SeveralThatLeftTogetherAreOneOccasion) {
  Allowance allowance;
  allowance.told(left(0), at(0), at(0));
  for (int i = 0; i < 16; ++i) allowance.told(left(0), at(60'000), at(60'010 + i));
  EXPECT_TRUE(allowance.believed());
  EXPECT_EQ(allowance.next(at(60'050), 0), at(120'010));
}

// ---- over a restart

TEST(Allowance, AZeroOutlivesARestart) {
  Allowance before, after;
  before.told(left(0), at(0), at(0));
  after.restore(before.state(at(10'000), 0), at(10'000), at(25'000));
  EXPECT_EQ(after.next(at(25'000), 0), at(60'000));
  EXPECT_EQ(after.next(at(60'000), 0), at(60'000));
}

TEST(Allowance, AfterARestartOneGoesAtATimeUntilAReplyTells) {
  Allowance before, after;
  before.told(left(7), at(0), at(0));
  after.restore(before.state(at(0), 7), at(0), at(1000));
  EXPECT_EQ(after.next(at(1000), 0), at(1000));
  EXPECT_EQ(after.next(at(1000), 1), MonoTime::max());
  after.untold(at(2000));
  EXPECT_EQ(after.next(at(2000), 0), at(2000)) << "what tells nothing freezes nothing";
  EXPECT_EQ(after.next(at(61'000), 4), at(61'000)) << "nor for longer than a minute";
  after.told(left(30), at(2000), at(2010));
  EXPECT_EQ(after.room(at(2010), 4), 26);
}

TEST(Allowance, DoubtsDoNotGrowWithoutEnd) {
  Allowance allowance;
  auto now = at(0);
  waits_of(allowance, now, left(0, hours(24)), 1000);
  EXPECT_EQ(allowance.state(now, 0).doubted_for, Allowance::kMostPatience);
}

TEST(Allowance, DoubtsOutliveARestart) {
  Allowance before, after;
  auto now = at(0);
  waits_of(before, now, left(0), 4);
  after.restore(before.state(now, 0), now, now);
  EXPECT_FALSE(after.believed());
}

}  // namespace
}  // namespace fanout
