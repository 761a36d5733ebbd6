#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "limit/limiter.h"
#include "limit/limiter_state.h"
#include "support/at.h"

namespace fanout {
namespace {

// The wall clock goes on over boots.
Moment moment(std::int64_t ms, const std::string& boot = "a") {
  return {at(ms), from_unix_ms(boot == "a" ? ms : 1'000'000 + ms), boot};
}

// Five a second, all at once if need be; its grace is 5 ms.
const Limits kFive{10, {{5, milliseconds(1000)}}, 5};

int use_up(Limiter& limiter, MonoTime now) {
  int asked = 0;
  for (; limiter.next(now) <= now; ++asked) {
    limiter.ended(limiter.take(now), {Evidence::alive, ""}, now);
  }
  return asked;
}

Limiter restarted(const std::string& state, const Moment& now, const Limits& limits = kFive) {
  Limiter limiter(limits, now.mono);
  limiter.restore(state, now);
  return limiter;
}

TEST(LimiterMemory, ARestartIsNoFreshStart) {
  Limiter before(kFive, at(10'000));
  EXPECT_EQ(use_up(before, at(10'000)), 5);
  const auto state = before.save(moment(10'100), at(10'100));
  auto after = restarted(state, moment(10'400));
  EXPECT_EQ(after.next(at(10'400)), at(11'000)) << "as if nothing had happened";
  EXPECT_EQ(use_up(after, at(11'000)), 5);
}

TEST(LimiterMemory, WhatMayLeaveUntilThenHasLeft) {
  const Limiter before(kFive, at(10'000));
  const auto state = before.save(moment(10'000), at(10'250));
  const auto after = restarted(state, moment(10'300));
  EXPECT_EQ(after.next(at(10'300)), at(11'305)) << "and may arrive only now";
}

TEST(LimiterMemory, WhatWasInFlightMayArriveOnlyAfterTheRestart) {
  Limiter before({10, {{1, milliseconds(1000)}}, 1}, at(10'000));
  before.take(at(10'000));
  const auto state = before.save(moment(10'010), at(10'010));
  const auto after = restarted(state, moment(60'000), {10, {{1, milliseconds(1000)}}, 1});
  EXPECT_EQ(after.next(at(60'000)), at(61'005)) << "who knows when it crashed?";
}

TEST(LimiterMemory, AfterAGoodEndTheNextStartWaitsForNothing) {
  Limiter before({10, {{10, milliseconds(1000)}, {1, milliseconds(2000)}}, 1}, at(10'000));
  before.ended(before.take(at(10'000)), {Evidence::alive, ""}, at(10'000));
  const auto state = before.save(moment(12'000), at(12'000));
  const auto after =
      restarted(state, moment(12'001), {10, {{10, milliseconds(1000)}, {1, milliseconds(2000)}}, 1});
  EXPECT_EQ(after.next(at(12'001)), at(12'001));
}

TEST(LimiterMemory, AfterABootOnlyTheTimeSinceItCounts) {
  Limiter before(kFive, at(500'000));
  use_up(before, at(500'000));
  const auto state = before.save(moment(500'100), at(500'100));
  EXPECT_EQ(restarted(state, moment(300, "b")).next(at(300)), at(900)) << "100 ms before, at least 300 since";
  EXPECT_EQ(restarted(state, moment(5000, "b")).next(at(5000)), at(5000));
}

TEST(LimiterMemory, NoJumpOfTheWallClockMatters) {
  Limiter before(kFive, at(10'000));
  use_up(before, at(10'000));
  const auto state = before.save({at(10'000), from_unix_ms(1'000'000), "a"}, at(10'000));
  for (const std::int64_t wall : {0LL, 1'000'000LL, 4'000'000'000'000LL}) {
    const auto after = restarted(state, {at(10'500), from_unix_ms(wall), "a"});
    EXPECT_EQ(after.next(at(10'500)), at(11'000)) << wall;
  }
}

// A boot of another machine says nothing about this limiter.
TEST(LimiterMemory, OnAnotherMachineOnlyTheTimeThatTheWallClockKnowsOfCounts) {
  Limiter before(kFive, at(500'000));
  use_up(before, at(500'000));
  const auto state = before.save({at(500'000), from_unix_ms(1'000'000), "a"}, at(500'000));
  struct Row {
    std::int64_t up_for, wall, waits;
    const char* what;
  };
  for (const Row& row : {Row{900'000'000, 1'000'300, 700, "up for days, moved in 300 ms"},
                         Row{900'000'000, 1'000'000, 1000, "at once"},
                         Row{900'000'000, 500'000, 1000, "whose clock is behind"},
                         Row{900'000'000, 1'060'000, 0, "a minute later"},
                         Row{200, 4'000'000'000, 800, "a boot 200 ms ago, whatever the wall clock says"}}) {
    const auto after = restarted(state, {at(row.up_for), from_unix_ms(row.wall), "b"});
    EXPECT_EQ(after.next(at(row.up_for)), at(row.up_for + row.waits)) << row.what;
  }
}

TEST(LimiterMemory, AVersionBeforeWroteNoWallClock) {
  Limiter before(kFive, at(500'000));
  use_up(before, at(500'000));
  auto state = before.save({at(500'000), from_unix_ms(1'000'000), "a"}, at(500'000));
  const std::string wall = ",\"wall\":1000000";
  state.erase(state.find(wall), wall.size());
  EXPECT_EQ(restarted(state, {at(300), from_unix_ms(0), "b"}).next(at(300)), at(1000));
}

// What the vendor was sent goes on there, though nobody waits for it any more.
TEST(LimiterMemory, OrphansTakeUpSlotsUntilTheyMustBeOver) {
  const Limits four{4, {}, 1};
  Limiter limiter(four, at(10'000));
  limiter.orphaned(3, at(40'000));
  ASSERT_EQ(limiter.next(at(10'000)), at(10'000)) << "one slot is left";
  const auto ticket = limiter.take(at(10'000));
  EXPECT_EQ(limiter.next(at(10'000)), at(40'000));
  EXPECT_THAT(limiter.why(at(10'000)), testing::HasSubstr("before it died"));
  limiter.ended(ticket, {Evidence::alive, ""}, at(11'000));
  EXPECT_EQ(limiter.next(at(11'000)), at(11'000));
  limiter.orphaned(2, at(45'000));
  EXPECT_EQ(limiter.next(at(11'000)), at(45'000)) << "a second crash";
  EXPECT_EQ(limiter.room(at(11'000), at(44'999)), 0);
  EXPECT_EQ(limiter.next(at(45'000)), at(45'000));
}

TEST(LimiterMemory, NoMoreIsLeftBehindThanMayHaveLeft) {
  const Limits limits{100, {{10, milliseconds(1000)}}, 1};
  Limiter before(limits, at(10'000));
  before.take(at(10'000));
  const auto state =
      before.save(moment(10'000), at(10'250));  // one in flight, two may leave, and one to be sure
  auto after = restarted(state, moment(10'300), limits);
  after.orphaned(300, at(40'300));  // so many were claimed
  EXPECT_EQ(after.orphans_until(), at(40'300));
  EXPECT_LT(after.next(at(13'000)), at(40'300)) << "most of the hundred slots are free";
  auto later = restarted(after.save(moment(10'300), at(10'300)), moment(10'300), {4, limits.rates, 1});
  EXPECT_EQ(later.next(at(13'000)), at(40'300)) << "and four are not";
}

TEST(LimiterMemory, WithoutARateAllSlotsMayBeTaken) {
  const Limits limits{100, {}, 1};
  const Limiter before(limits, at(10'000));
  auto after = restarted(before.save(moment(10'000), at(10'250)), moment(10'300), limits);
  after.orphaned(300, at(40'300));
  EXPECT_EQ(after.next(at(13'000)), at(40'300)) << "nothing says how many left";
}

TEST(LimiterMemory, WhatThisProcessGivesUpIsNotBoundByTheOneBefore) {
  const Limits limits{2, {{10, milliseconds(1000)}}, 2};
  const Limiter before(limits, at(10'000));
  auto after = restarted(before.save(moment(10'000), at(10'000)), moment(10'300), limits);
  after.ended(after.take(at(20'000)), {Evidence::alive, ""}, at(20'000));
  after.orphaned(2, at(40'300));
  EXPECT_EQ(after.next(at(30'000)), at(40'300));
}

TEST(LimiterMemory, OrphansOutliveACrashOfTheirOwn) {
  const Limits four{4, {}, 1};
  Limiter before(four, at(10'000));
  before.orphaned(4, at(40'000));
  const auto after = restarted(before.save(moment(10'000), at(10'000)), moment(20'000), four);
  EXPECT_EQ(after.next(at(20'000)), at(40'000));
}

TEST(LimiterMemory, HoldAndBreakerOutliveIt) {
  Limiter before(kFive, at(10'000));
  const auto ticket = before.take(at(10'000));
  before.ended(ticket, {Evidence::unclear, "", true, milliseconds(60'000)}, at(10'000));
  before.ended({}, {Evidence::unclear, "HTTP 401, \"\xff\"", false, {}, true}, at(10'000));
  const auto after = restarted(before.save(moment(10'500), at(10'500)), moment(20'000));
  EXPECT_EQ(after.hold(), at(70'000));
  EXPECT_EQ(after.next(at(20'000)), at(70'000));
  EXPECT_TRUE(after.breaker_open());
  EXPECT_THAT(after.why(at(20'000)), testing::HasSubstr("HTTP 401"));
}

TEST(LimiterMemory, OtherRatesAfterTheRestartCountWhatWasAskedBefore) {
  Limiter before(kFive, at(10'000));
  use_up(before, at(10'000));
  const auto state = before.save(moment(10'100), at(10'100));
  auto after = restarted(state, moment(10'400), {10, {{7, milliseconds(30'000)}}, 7});
  EXPECT_EQ(use_up(after, at(10'400)), 2);
  auto lower = restarted(state, moment(10'400), {10, {{2, milliseconds(1000)}}, 1});
  EXPECT_EQ(lower.next(at(10'400)), at(11'000));
}

TEST(LimiterMemory, ASecondCrashLosesNothingOfTheFirst) {
  Limiter first(kFive, at(10'000));
  use_up(first, at(10'000));
  const auto second = restarted(first.save(moment(10'000), at(10'000)), moment(10'100));
  const auto third = restarted(second.save(moment(10'200), at(10'200)), moment(10'300));
  EXPECT_EQ(third.next(at(10'300)), at(11'000));
}

TEST(LimiterMemory, WithoutAnyStateItStartsFresh) {
  for (const auto* nothing : {"", "{}"}) {
    EXPECT_EQ(restarted(nothing, moment(10'000)).room(at(10'000), at(10'000)), 5);
  }
}

TEST(LimiterMemory, WhatCannotBeReadCountsAsTheFullPace) {
  const Limits steady{1, {{1000, milliseconds(10'000)}}, 1};
  Limiter limiter = restarted("{\"windows\": 7}", moment(50'000), steady);
  EXPECT_EQ(limiter.room(at(50'000), at(50'000)), 0);
  const auto room = limiter.room(at(50'000), at(51'000));
  EXPECT_LE(room, 100) << "goes on at its pace";
  EXPECT_GE(room, 80);
  EXPECT_EQ(restarted("nonsense", moment(50'000)).next(at(50'000)), at(51'005))
      << "a whole burst may be behind it";
}

// A quota may be used up in a hundredth of its window, so all of it may have gone just now.
TEST(LimiterMemory, WhatCannotBeReadOfAQuotaCountsAsUsedUpAtThePaceOfQuotas) {
  constexpr milliseconds kDay = std::chrono::hours(24);
  const Limits quota{1, {{86, kDay}}, 1};
  constexpr std::int64_t kNow = 100'000'000;
  const auto limiter = restarted("nonsense", moment(kNow), quota);
  EXPECT_GE(limiter.next(at(kNow)), at(kNow) + kDay - kDay / 100 - milliseconds(1));
}

TEST(LimiterMemory, CanBeReadHoweverManyFailuresThereWere) {
  Limiter before(kFive, at(10'000));
  auto now = at(10'000);
  for (int i = 0; i < Breaker::kRemembered; ++i) {
    now = std::max(now + milliseconds(1), before.next(now));
    before.ended(before.take(now), {i < 11 ? Evidence::alive : Evidence::down, "503"}, now);
    const auto ms = std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count();
    ASSERT_TRUE(read_limiter(before.save(moment(ms), now))) << "after " << i - 10 << " failures";
  }
}

TEST(LimiterMemory, IsFewKilobytesHoweverMuchWasAsked) {
  const Limits limits{
      64, {{100, milliseconds(1000)}, {3000, milliseconds(60'000)}, {65'000, std::chrono::hours(24)}}, 100};
  Limiter limiter(limits, at(0));
  auto now = at(0);
  for (int i = 0; i < 100'000; ++i) {
    now = std::max(now + milliseconds(1), limiter.next(now));
    limiter.ended(limiter.take(now), {Evidence::alive, ""}, now);
  }
  EXPECT_LT(limiter.save({now, WallTime{}, "a"}, now + milliseconds(250)).size(), 8192U);
}

}  // namespace
}  // namespace fanout
