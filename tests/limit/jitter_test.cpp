#include "limit/jitter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "limit/limiter.h"

namespace fanout {
namespace {

TEST(Jitter, IsUnknownBeforeEnoughReplies) {
  Jitter jitter;
  for (int i = 1; i < Jitter::kFewest; ++i) jitter.replied(milliseconds(50));
  EXPECT_FALSE(jitter.known());
  jitter.replied(milliseconds(50));
  EXPECT_EQ(jitter.known(), microseconds(0)) << "all took as long";
}

TEST(Jitter, IsWhatTheRepliesLieApartAndAQuarterMore) {
  Jitter jitter;
  for (int i = 0; i < 100; ++i) jitter.replied(milliseconds(i % 2 == 0 ? 30 : 70));
  EXPECT_EQ(jitter.known(), microseconds(50'000));
}

TEST(Jitter, OfLongAgoIsForgotten) {
  Jitter jitter;
  jitter.replied(milliseconds(500));
  for (int i = 0; i < Jitter::kGeneration; ++i) jitter.replied(milliseconds(10));
  EXPECT_EQ(jitter.known(), microseconds(490'000) * 5 / 4) << "it is among the last";
  for (int i = 0; i < Jitter::kGeneration; ++i) jitter.replied(milliseconds(10));
  EXPECT_EQ(jitter.known(), microseconds(0));
}

// A vendor behind a way whose length changes from one request to the next.
struct Way {
  milliseconds shortest, longest;  // there, and again back
  milliseconds work;
};

struct Arrived {
  std::int64_t most_in_a_second = 0;
  std::size_t in_all = 0;
};

Arrived ask_for(seconds time, const Limits& limits, const Way& way, unsigned seed) {
  std::mt19937 chance(seed);
  std::uniform_int_distribution<std::int64_t> trip(microseconds(way.shortest).count(),
                                                   microseconds(way.longest).count());
  Limiter limiter(limits, MonoTime{});
  std::multimap<MonoTime, std::pair<Limiter::Ticket, MonoTime>> replies;
  std::vector<MonoTime> arrivals;
  for (MonoTime now{}; now < MonoTime(time);) {
    while (!replies.empty() && replies.begin()->first <= now) {
      limiter.ended(replies.begin()->second.first, {Evidence::alive, ""}, now);
      replies.erase(replies.begin());
    }
    if (limiter.next(now) <= now) {
      const auto ticket = limiter.take(now);
      limiter.sent(ticket, now);
      arrivals.push_back(now + microseconds(trip(chance)));
      replies.emplace(arrivals.back() + way.work + microseconds(trip(chance)), std::pair(ticket, now));
      continue;
    }
    auto next = limiter.next(now);
    if (!replies.empty()) next = std::min(next, replies.begin()->first);
    now = next;
  }
  std::ranges::sort(arrivals);
  Arrived seen{0, arrivals.size()};
  for (std::size_t first = 0, last = 0; last < arrivals.size(); ++last) {
    while (arrivals[last] - arrivals[first] >= seconds(1)) ++first;
    seen.most_in_a_second = std::max(seen.most_in_a_second, static_cast<std::int64_t>(last - first + 1));
  }
  return seen;
}

// 30 to 100 ms on the way once gave 52 to 62 where 50 were allowed.
TEST(JitterOnTheWay, FillsNoWindow) {
  for (const int burst : {1, 10, 50}) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      const Limits limits{64, {{50, milliseconds(1000)}}, burst, milliseconds(100)};
      const auto seen =
          ask_for(seconds(60), limits, {milliseconds(30), milliseconds(100), milliseconds(20)}, seed);
      EXPECT_LE(seen.most_in_a_second, 50) << "burst " << burst << ", seed " << seed;
      EXPECT_GE(seen.in_all, 60U * 50U * 88U / 100U) << "a way that is not sure costs its length";
    }
  }
}

TEST(JitterOnTheWay, OfASteadyWayCostsNothingHoweverLongItIs) {
  const Limits limits{64, {{50, milliseconds(1000)}}, 1, milliseconds(100)};
  const auto seen =
      ask_for(seconds(60), limits, {milliseconds(200), milliseconds(200), milliseconds(100)}, 1);
  EXPECT_LE(seen.most_in_a_second, 50);
  EXPECT_GE(seen.in_all, 60U * 50U * 99U / 100U);
}

}  // namespace
}  // namespace fanout
