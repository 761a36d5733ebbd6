#include "limits.h"

#include <gtest/gtest.h>

#include "chance.h"

namespace fanout_vendor {
namespace {

using namespace std::chrono_literals;

constexpr Instant kEpoch{};

SlidingWindow window(std::uint64_t limit, Duration length, bool refused_count = true) {
  return SlidingWindow({limit, length, "test"}, refused_count);
}

TEST(SlidingWindow, lets_in_as_many_as_the_limit) {
  auto three = window(3, 1s);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(three.arrive(kEpoch + i * 1ms), 0ns);
  EXPECT_EQ(three.arrive(kEpoch + 3ms), 998ms);  // when the one at 1ms leaves, two others and this one remain
  EXPECT_EQ(three.max_seen(), 4U);
}

TEST(SlidingWindow, an_arrival_leaves_exactly_one_window_later) {
  auto one = window(1, 1s);
  EXPECT_EQ(one.arrive(kEpoch), 0ns);
  EXPECT_EQ(one.arrive(kEpoch + 1s), 0ns);
  EXPECT_EQ(one.max_seen(), 1U);
  EXPECT_GT(one.arrive(kEpoch + 2s - 1ns), 0ns);
  EXPECT_EQ(one.max_seen(), 2U);
}

TEST(SlidingWindow, begins_anywhere_not_at_whole_seconds) {
  auto two = window(2, 1s);
  EXPECT_EQ(two.arrive(kEpoch + 900ms), 0ns);
  EXPECT_EQ(two.arrive(kEpoch + 950ms), 0ns);
  EXPECT_GT(two.arrive(kEpoch + 1050ms), 0ns);
}

TEST(SlidingWindow, who_waits_as_told_gets_in) {
  for (const bool refused_count : {true, false}) {
    auto ten = window(10, 1s, refused_count);
    for (int i = 0; i < 10; ++i) {
      ASSERT_EQ(ten.arrive(kEpoch + i * 10ms), 0ns);
      ten.admit(kEpoch + i * 10ms);
    }
    Duration wait{};
    for (int i = 0; i < 5; ++i) wait = ten.arrive(kEpoch + 500ms + i * 1ms);
    EXPECT_GT(wait, 0ns);
    EXPECT_EQ(ten.arrive(kEpoch + 504ms + wait), 0ns) << refused_count;
  }
}

TEST(SlidingWindow, free_refusals_take_no_room_but_are_seen) {
  auto one = window(1, 1s, false);
  EXPECT_EQ(one.arrive(kEpoch), 0ns);
  one.admit(kEpoch);
  for (int i = 1; i < 10; ++i) EXPECT_EQ(one.arrive(kEpoch + i * 100ms), 1s - i * 100ms);
  EXPECT_EQ(one.arrive(kEpoch + 1s), 0ns);
  EXPECT_EQ(one.max_seen(), 10U);
}

// The count is held against the plainest one there is.
TEST(SlidingWindow, agrees_with_counting_by_hand) {
  auto five = window(5, 100ms);
  std::vector<Instant> all;
  Instant now = kEpoch;
  std::size_t most = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    now += Duration(static_cast<std::int64_t>(mix(i) % 40'000'000));
    all.push_back(now);
    std::size_t seen = 0;
    for (const auto at : all) seen += at > now - 100ms ? 1U : 0U;
    most = std::max(most, seen);
    EXPECT_EQ(five.arrive(now) > 0ns, seen > 5U);
    ASSERT_EQ(five.max_seen(), most);
  }
}

TEST(Limits, all_windows_hold_at_once_and_the_longest_wait_counts) {
  Limits limits({{1, 1s, "1/1s"}, {2, 1min, "2/1m"}}, std::nullopt, false);
  EXPECT_FALSE(limits.arrive(kEpoch));
  EXPECT_EQ(limits.arrive(kEpoch + 500ms), 500ms);
  EXPECT_EQ(limits.refusing_window(), 1s);
  EXPECT_FALSE(limits.arrive(kEpoch + 1s));  // what the second refused took no room in the minute
  EXPECT_EQ(limits.arrive(kEpoch + 1500ms), 58500ms);
  EXPECT_EQ(limits.refusing_window(), 1min);
}

TEST(Limits, concurrency) {
  Limits limits({}, 2, true);
  {
    const InFlight first(limits);
    EXPECT_FALSE(limits.arrive(kEpoch));
    InFlight second(limits);
    EXPECT_FALSE(limits.arrive(kEpoch));
    const InFlight moved(std::move(second));
    EXPECT_EQ(limits.in_flight(), 2U);
    const InFlight third(limits);
    EXPECT_EQ(limits.arrive(kEpoch), Duration::zero());
  }
  EXPECT_EQ(limits.in_flight(), 0U);
  EXPECT_EQ(limits.max_in_flight(), 3U);
}

}  // namespace
}  // namespace fanout_vendor
