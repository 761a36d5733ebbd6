#include "limit/limiter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

#include "support/at.h"

namespace fanout {
namespace {

using testing::HasSubstr;
constexpr Rate kTenASecond{10, milliseconds(1000)};

// Asked, sent and answered in the same moment.
void ask(Limiter& limiter, MonoTime now, Evidence evidence = Evidence::alive) {
  const auto ticket = limiter.take(now);
  limiter.sent(ticket, now);
  limiter.ended(ticket, {evidence, "HTTP 503"}, now);
}

int ask_all_that_may(Limiter& limiter, MonoTime now, int most = 1000) {
  int asked = 0;
  for (; asked < most && limiter.next(now) <= now; ++asked) ask(limiter, now);
  return asked;
}

TEST(Limiter, KnowsHowLongSoManyTakeAtTheLeast) {
  Limiter limiter({100, {kTenASecond, {1000, std::chrono::hours(24)}}, 1}, at(0));
  const auto time_for = [&](std::int64_t count) {
    return std::chrono::duration<double>(limiter.time_for(static_cast<double>(count), 1, at(0)).value())
        .count();
  };
  EXPECT_NEAR(time_for(5), 4 * 0.864, 0.02);
  EXPECT_NEAR(time_for(500), 500 * 0.864, 5) << "a quota is spread over a hundredth of its window";
  EXPECT_NEAR(time_for(1000), 864, 9);
  EXPECT_NEAR(time_for(1500), 86400, 900) << "the rest goes a day later";
  EXPECT_NEAR(time_for(10'000), 10 * 86400, 86400);
  for (int i = 0; i < 1000; ++i) {
    const auto now = limiter.next(at(0));
    ask(limiter, now);
  }
  EXPECT_GT(limiter.time_for(1, 1, at(870'000)).value(), std::chrono::hours(23)) << "it is used up";
  EXPECT_FALSE(Limiter({1, {}, 1}, at(0)).time_for(10, 1, at(0))) << "no rate says so";
}

TEST(Limiter, WithoutRatesOnlyTheConcurrencyHolds) {
  Limiter limiter({2, {}, 1}, at(0));
  EXPECT_EQ(limiter.next(at(0)), at(0));
  const auto first = limiter.take(at(0));
  limiter.take(at(0));
  EXPECT_EQ(limiter.next(at(0)), MonoTime::max());
  EXPECT_EQ(limiter.why(at(0)), "") << "that is no reason worth a word";
  limiter.ended(first, {Evidence::alive, ""}, at(5));
  EXPECT_EQ(limiter.next(at(5)), at(5));
  EXPECT_EQ(limiter.room(at(5), at(255)), std::numeric_limits<int>::max());
}

TEST(Limiter, EveryRateHoldsAtOnce) {
  Limiter limiter({100, {{5, milliseconds(1000)}, {8, milliseconds(10'000)}}, 5}, at(0));
  EXPECT_EQ(ask_all_that_may(limiter, at(0)), 5);
  EXPECT_EQ(limiter.next(at(0)), at(1250)) << "the pace of the longer one, at a burst of five";
  EXPECT_EQ(limiter.room(at(0), at(1249)), 0);
  EXPECT_EQ(limiter.room(at(0), at(1250)), 1);
  EXPECT_EQ(limiter.why(at(0)), "");
}

TEST(Limiter, AHoldStopsAllAndOnlyMovesLater) {
  Limiter limiter({10, {}, 1}, at(0));
  const auto a = limiter.take(at(0)), b = limiter.take(at(0));
  EXPECT_EQ(limiter.hold(), std::nullopt);
  limiter.ended(a, {Evidence::unclear, "", true, milliseconds(60'000)}, at(100));
  limiter.ended(b, {Evidence::unclear, "", true, milliseconds(1'000)}, at(200));
  EXPECT_EQ(limiter.hold(), at(60'100));
  EXPECT_EQ(limiter.next(at(300)), at(60'100));
  EXPECT_EQ(limiter.room(at(300), at(60'000)), 0);
  EXPECT_GT(limiter.room(at(300), at(60'100)), 0);
  EXPECT_THAT(limiter.why(at(300)), HasSubstr("on hold, because the vendor said"));
  EXPECT_EQ(limiter.why(at(300)), limiter.why(at(59'000)))
      << "it is kept in a row, and must not grow stale there";
  EXPECT_EQ(limiter.why(at(60'100)), "");
}

TEST(Limiter, AHoldOfUnknownLengthDoublesWhenItIsRepeated) {
  Limiter limiter({10, {}, 1}, at(0));
  const auto refuse = [&](MonoTime now) {
    const auto a = limiter.take(now), b = limiter.take(now);
    for (const auto& ticket : {a, b}) {
      limiter.ended(ticket, {Evidence::alive, "HTTP 429"}, now + milliseconds(20));
      limiter.ended(ticket, {Evidence::unclear, "", true, milliseconds(0)}, now + milliseconds(20));
    }
    return (*limiter.hold() - now - milliseconds(20)) / milliseconds(1);
  };
  EXPECT_EQ(refuse(at(0)), 1000) << "two replies of one occasion are one";
  EXPECT_EQ(refuse(*limiter.hold()), 2000);
  EXPECT_EQ(refuse(*limiter.hold() + milliseconds(500)), 4000);
  EXPECT_EQ(refuse(*limiter.hold() + std::chrono::minutes(5)), 1000) << "that is another story";
  for (int i = 0; i < 20; ++i) refuse(*limiter.hold());
  EXPECT_EQ(refuse(*limiter.hold()), 300'000) << "never longer than this";
}

TEST(Limiter, ABreakerLetsOneProbeThroughAndThenStartsSlowly) {
  Limiter limiter({4, {}, 1}, at(0));
  for (int i = 0; i < 5; ++i) ask(limiter, at(0), Evidence::down);
  EXPECT_TRUE(limiter.breaker_open());
  EXPECT_THAT(limiter.why(at(0)), HasSubstr("HTTP 503"));
  EXPECT_EQ(limiter.next(at(0)), at(1000));
  EXPECT_EQ(limiter.room(at(0), at(250)), 0);
  EXPECT_EQ(limiter.room(at(800), at(1050)), 1);
  const auto probe = limiter.take(at(1000));
  EXPECT_EQ(limiter.next(at(1000)), MonoTime::max());
  EXPECT_EQ(limiter.room(at(1000), at(1250)), 0);
  limiter.ended(probe, {Evidence::alive, ""}, at(1020));
  EXPECT_FALSE(limiter.breaker_open());
  std::vector<std::size_t> at_once;
  for (int round = 0; round < 4; ++round) {
    std::vector<Limiter::Ticket> tickets;
    while (limiter.next(at(1100)) <= at(1100)) tickets.push_back(limiter.take(at(1100)));
    for (const auto& ticket : tickets) limiter.ended(ticket, {Evidence::alive, ""}, at(1100));
    at_once.push_back(tickets.size());
  }
  EXPECT_EQ(at_once, (std::vector<std::size_t>{1, 2, 4, 4}));
}

TEST(Limiter, AProbeLeavesWhileOthersStillHang) {
  Limiter limiter({8, {}, 1}, at(0));
  limiter.take(at(0));
  limiter.ended({}, {Evidence::unclear, "HTTP 401", false, {}, true}, at(0));
  EXPECT_EQ(limiter.next(at(0)), at(1000));
  EXPECT_THAT(limiter.why(at(0)), HasSubstr("HTTP 401"));
}

TEST(Limiter, ResetForgetsHoldAndBreakerButNoRequest) {
  Limiter limiter({4, {{2, milliseconds(1000)}}, 2}, at(0));
  const auto ticket = limiter.take(at(0));
  ask(limiter, at(0));
  limiter.ended(ticket, {Evidence::unclear, "", true, milliseconds(60'000)}, at(0));
  limiter.ended({}, {Evidence::unclear, "HTTP 401", false, {}, true}, at(0));
  limiter.reset();
  EXPECT_EQ(limiter.why(at(1)), "");
  EXPECT_EQ(limiter.hold(), std::nullopt);
  EXPECT_EQ(limiter.next(at(1)), at(1000)) << "two were asked";
}

TEST(Limiter, OtherRatesCountWhatWasAskedBefore) {
  Limiter limiter({20, {kTenASecond}, 10}, at(0));
  EXPECT_EQ(ask_all_that_may(limiter, at(0)), 10);
  limiter.reconfigure({20, {{12, milliseconds(5000)}}, 12}, at(100));
  EXPECT_EQ(ask_all_that_may(limiter, at(100)), 2) << "of the new window ten are used up";
  EXPECT_EQ(limiter.next(at(100)), at(5000));
  limiter.reconfigure({20, {{11, milliseconds(5000)}, kTenASecond}, 5}, at(200));
  EXPECT_EQ(limiter.next(at(200)), at(5000)) << "a lower limit holds at once";
}

TEST(Limiter, OneInFlightCountsInANewWindow) {
  Limiter limiter({20, {}, 1}, at(0));
  const auto ticket = limiter.take(at(0));
  limiter.reconfigure({20, {{1, milliseconds(1000)}}, 1}, at(10));
  EXPECT_EQ(limiter.next(at(10)), MonoTime::max());
  limiter.ended(ticket, {Evidence::alive, ""}, at(50));
  EXPECT_EQ(limiter.next(at(50)), at(1050));
}

TEST(Limiter, IgnoresATicketThatItDoesNotKnow) {
  Limiter limiter({1, {kTenASecond}, 1}, at(0));
  limiter.sent({77, at(0)}, at(0));
  limiter.ended({77, at(0)}, {Evidence::down, ""}, at(0));
  EXPECT_EQ(limiter.next(at(0)), at(0));
}

TEST(LimiterDeath, NothingLeavesThatMayNot) {
  Limiter limiter({4, {kTenASecond}, 1}, at(0));
  limiter.take(at(0));
  EXPECT_DEATH(limiter.take(at(50)), "broken invariant");
}

// How much of it is used when there is always plenty to ask: replies after 20 ms, a loop that wakes up late.
struct UseRow {
  std::vector<Rate> rates;
  int burst;
  double a_second;  // what the tightest of them allows
  seconds length;
};

double used(const UseRow& row) {
  std::mt19937_64 chance(1);
  Limiter limiter({64, row.rates, row.burst}, at(0));
  std::deque<std::pair<MonoTime, Limiter::Ticket>> replies;
  const auto from = at(0) + row.length, until = from + row.length * 2;
  double asked = 0;
  for (auto now = at(0); now < until;) {
    while (!replies.empty() && replies.front().first <= now) {
      limiter.ended(replies.front().second, {Evidence::alive, ""}, now);
      replies.pop_front();
    }
    const auto next = limiter.next(now);
    if (next <= now) {
      replies.emplace_back(now + milliseconds(20), limiter.take(now));
      limiter.sent(replies.back().second, now + microseconds(50));
      asked += now >= from ? 1 : 0;
      now += microseconds(50);
    } else {
      const auto reply = replies.empty() ? MonoTime::max() : replies.front().first;
      const microseconds late(chance() % 1000);
      now = next == MonoTime::max() ? reply : std::min(next + late, reply);
    }
  }
  return asked / (row.a_second * std::chrono::duration<double>(until - from).count());
}

TEST(LimiterUse, IsAtLeast99PercentOfWhatIsAllowed) {
  const Rate second{100, milliseconds(1000)}, minute{3000, milliseconds(60'000)};
  const Rate day{65'000, std::chrono::hours(24)};
  const std::vector<UseRow> rows{
      {{second}, 1, 100, seconds(20)},
      {{second}, 100, 100, seconds(20)},
      {{minute}, 1, 50, seconds(120)},
      {{minute}, 500, 50, seconds(120)},
      {{second, minute}, 1, 50, seconds(120)},
      {{second, minute}, 100, 50, seconds(120)},
      {{{1000, milliseconds(1000)}}, 1, 1000, seconds(10)},
      {{second, minute, day}, 1, 65'000 / 86'400.0, std::chrono::hours(24)},
      {{second, minute, day}, 100, 65'000 / 86'400.0, std::chrono::hours(24)},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_GE(used(rows[i]), 0.99) << "row " << i;
    EXPECT_LE(used(rows[i]), 1.0001) << "row " << i;
  }
}

}  // namespace
}  // namespace fanout
