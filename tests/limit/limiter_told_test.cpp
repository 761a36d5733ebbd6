// The limiter as a whole, where the vendor tells of its limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "limit/limiter.h"
#include "limit/limiter_state.h"
#include "support/at.h"

namespace fanout {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;

Moment moment(MonoTime now) {
  return {now, from_unix_ms(std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count()), "a"};
}

ToldLimits says(std::optional<double> limit, std::optional<std::int64_t> remaining,
                std::optional<milliseconds> reset_in = {}, std::optional<milliseconds> window = {}) {
  ToldLimits told;
  told.limits.push_back({"x-ratelimit", limit, remaining, reset_in, window, true});
  return told;
}

Ending good(const ToldLimits& told) {
  Ending ending{Evidence::alive, ""};
  ending.told = told;
  return ending;
}
Ending refusal(const ToldLimits& told, std::optional<milliseconds> hold = {}) {
  Ending ending{Evidence::unclear, "HTTP 429", true, hold};
  ending.told = told;
  return ending;
}

void ask(Limiter& limiter, MonoTime now, const Ending& ending) {
  const auto ticket = limiter.take(now);
  limiter.sent(ticket, now);
  limiter.ended(ticket, ending, now);
}

int asked_within(Limiter& limiter, MonoTime begin, milliseconds length, const Ending& ending) {
  int asked = 0;
  for (auto now = begin; now < begin + length; now += milliseconds(1))
    for (; asked < 10'000 && limiter.next(now) <= now; ++asked) ask(limiter, now, ending);
  return asked;
}

TEST(LimiterTold, TheStricterOfConfiguredAndToldHolds) {
  const Rate ten{10, seconds(1)};
  Limiter stricter({4, {ten}, 1}, at(0)), looser({4, {ten}, 1}, at(0));
  EXPECT_EQ(asked_within(stricter, at(0), seconds(10), good(says(5, {}, {}, seconds(1)))), 50);
  EXPECT_EQ(asked_within(looser, at(0), seconds(10), good(says(1000, {}, {}, seconds(1)))), 100);
}

// A vendor with a window that is known to it alone: it begins each minute and says what remains.
TEST(LimiterTold, IsNotRefusedByAVendorThatTellsWhatRemains) {
  Limiter limiter({8, {}, 1}, at(0));
  constexpr milliseconds kWay{20};
  struct Flying {
    Limiter::Ticket ticket;
    MonoTime due;
    ToldLimits told;
  };
  std::deque<Flying> flying;
  std::int64_t refused = 0, answered = 0, window = -1, used = 0;
  for (auto now = at(0); now < MonoTime(minutes(5)); now += milliseconds(1)) {
    for (; !flying.empty() && flying.front().due <= now; flying.pop_front())
      limiter.ended(flying.front().ticket, good(flying.front().told), now);
    while (limiter.next(now) <= now) {
      const auto ticket = limiter.take(now);
      limiter.sent(ticket, now);
      const auto minute = now.time_since_epoch() / minutes(1);
      if (minute != window) used = 0;
      window = minute;
      ++(used < 100 ? answered : refused);
      used = std::min<std::int64_t>(used + 1, 100);
      const auto left = std::chrono::ceil<milliseconds>(MonoTime(minutes(minute + 1)) - now);
      flying.push_back({ticket, now + kWay, says(100, 100 - used, left)});
    }
  }
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(answered, 500);
}

TEST(LimiterTold, NothingLeavesWhenNothingRemainsAndTheRowSaysWhy) {
  Limiter limiter({4, {}, 1}, at(0));
  ask(limiter, at(0), good(says(100, 0, minutes(10))));
  EXPECT_EQ(limiter.next(at(1)), MonoTime(minutes(10)));
  EXPECT_EQ(limiter.room(at(1), at(1000)), 0);
  EXPECT_THAT(limiter.why(at(1)), HasSubstr("nothing remains of its limit x-ratelimit"));
  EXPECT_EQ(limiter.told_until(at(1)), MonoTime(minutes(10)));
  limiter.reset();
  EXPECT_EQ(limiter.next(at(1)), at(1)) << "other credentials, other limits";
}

TEST(LimiterTold, ALimitThatGrowsWithEachRefusalGainsNothing) {
  Limiter told({4, {{100, seconds(1)}}, 1}, at(0)), silent({4, {{100, seconds(1)}}, 1}, at(0));
  auto now = at(0);
  for (int i = 1; i <= 20; ++i) {
    ask(told, now, refusal(says(1000.0 * i, 1000 * i, seconds(1), seconds(1)), milliseconds(500)));
    ask(silent, now, refusal({}, milliseconds(500)));
    EXPECT_GE(told.next(now), silent.next(now));
    now = std::max(told.next(now), silent.next(now));
  }
}

TEST(LimiterTold, ALateReplyStillTells) {
  Limiter limiter({4, {}, 1}, at(0));
  limiter.ended({77, at(0)}, good(says(100, 0, seconds(30))), at(10));
  EXPECT_EQ(limiter.next(at(10)), at(30'010));
}

// ---- over a restart

TEST(LimiterTold, ARequestCountsForWhatItsReplySaysThatItCost) {
  Limits limits;
  limits.concurrency = 4;
  limits.rates = {{100, seconds(60)}};
  limits.burst = 100;
  Limiter limiter(limits, at(0));
  for (int i = 1; i <= 10; ++i) {
    const auto ticket = limiter.take(at(i));
    limiter.sent(ticket, at(i));
    Ending ending;
    ending.evidence = Evidence::alive;
    ending.told.cost = 10;
    limiter.ended(ticket, ending, at(i));
  }
  EXPECT_GE(limiter.next(at(100)), at(60'000)) << "ten of ten are a hundred";
}

TEST(LimiterTold, WhatWasToldOutlivesARestart) {
  Limiter before({4, {}, 1}, at(0));
  EXPECT_FALSE(before.keeps_windows());
  ask(before, at(1000), good(says(2, {}, {}, minutes(1))));
  EXPECT_TRUE(before.keeps_windows());
  Limiter after({4, {}, 1}, at(20'000));
  after.restore(before.save(moment(at(1000)), at(1000)), moment(at(20'000)));
  ask(after, after.next(at(20'000)), good({}));
  EXPECT_GE(after.next(at(50'000)), at(60'900));
}

TEST(LimiterTold, WhatMayLeaveUnderAToldWindowUntilThenHasLeft) {
  Limiter before({4, {}, 1}, at(0));
  ask(before, at(0), good(says(10, {}, {}, seconds(10))));
  Limiter after({4, {}, 1}, at(60'000));
  after.restore(before.save(moment(at(20'000)), at(24'000)), moment(at(60'000)));
  EXPECT_EQ(asked_within(after, at(60'000), seconds(10), good({})), 4)
      << "five may have left up to the save's end, and one who looked at the clock twice";
}

TEST(LimiterTold, AnOlderStateStillReads) {
  Limiter before({4, {{2, minutes(1)}}, 1}, at(0));
  ask(before, at(0), good({}));
  const auto state = before.save(moment(at(0)), at(0));
  EXPECT_EQ(state.find("told"), std::string::npos)
      << "nothing was told, so it is as versions before wrote it";
  EXPECT_TRUE(read_limiter(state));
}

TEST(LimiterTold, AStateThatTellsNonsenseIsUnreadable) {
  Limiter before({4, {}, 1}, at(0));
  ask(before, at(0), good(says(10, 5, seconds(30), seconds(10))));
  const auto good_state = before.save(moment(at(0)), at(0));
  ASSERT_TRUE(read_limiter(good_state));
  for (const auto& [part, instead] : {std::pair{"\"left\":5", "\"left\":-5"},
                                      {"\"left\":5", "\"left\":9223372036854775807"},
                                      {"\"doubts\":0", "\"doubts\":1000"},
                                      {"\"patience\":60000", "\"patience\":0"},
                                      {"\"limit\":10", "\"limit\":0"},
                                      {"\"told\":[", "\"told\":[7,"}}) {
    auto state = good_state;
    ASSERT_NE(state.find(part), std::string::npos) << part << " in " << state;
    state.replace(state.find(part), std::string(part).size(), instead);
    EXPECT_FALSE(read_limiter(state)) << instead;
  }
}

}  // namespace
}  // namespace fanout
