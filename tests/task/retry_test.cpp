#include "task/retry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace fanout {
namespace {

// Always the longest wait that may be.
class Unlucky : public Random {
 public:
  explicit Unlucky(milliseconds most) : next_(static_cast<std::uint64_t>(most.count())) {}
  std::uint64_t next() override { return next_; }

 private:
  std::uint64_t next_;
};

struct BackoffRow {
  int attempt;
  milliseconds longest;
};

TEST(Backoff, IsAtMostTwiceTheOneBeforeUpToItsCap) {
  const Retry retry{10, seconds(1), seconds(300)};
  const BackoffRow rows[] = {
      {1, seconds(1)},
      {2, seconds(2)},
      {3, seconds(4)},
      {8, seconds(128)},
      {9, seconds(256)},
      {10, seconds(300)},
      {64, seconds(300)},
      {65, seconds(300)},
      {0, seconds(1)},
      {-5, seconds(1)},
      {std::numeric_limits<int>::max(), seconds(300)},
      {std::numeric_limits<int>::min() + 1, seconds(1)},
  };
  for (const auto& [attempt, longest] : rows) {
    Unlucky exactly(longest);
    EXPECT_EQ(backoff(retry, attempt, exactly), longest) << attempt;
    Unlucky one_more(longest + milliseconds(1));
    EXPECT_EQ(backoff(retry, attempt, one_more), milliseconds(0)) << "so the longest is " << longest.count();
  }
}

TEST(Backoff, IsNeverLongerThanItsCapHoweverLongItsBase) {
  Unlucky random(seconds(1));
  EXPECT_EQ(backoff({5, seconds(10), seconds(1)}, 1, random), seconds(1));
  SeededRandom any(1);
  for (int attempt = 1; attempt < 100; ++attempt) {
    const Retry century{5, std::chrono::days(36'500), std::chrono::days(36'500)};
    const auto wait = backoff(century, attempt, any);
    EXPECT_GE(wait.count(), 0) << attempt;
    EXPECT_LE(wait, century.cap) << attempt;
  }
}

// Full jitter: what failed together does not come back together.
TEST(Backoff, IsSpreadOverTheWholeTime) {
  SeededRandom random(1);
  int quarters[4] = {};
  for (int i = 0; i < 4000; ++i) {
    const auto wait = backoff({5, seconds(1), seconds(300)}, 3, random);
    ASSERT_LE(wait, seconds(4));
    ++quarters[std::min<std::int64_t>(wait.count() / 1000, 3)];
  }
  for (const int quarter : quarters) EXPECT_NEAR(quarter, 1000, 150);
}

TEST(Backoff, IsTheSameForTheSameSeed) {
  SeededRandom a(7), b(7);
  for (int attempt = 1; attempt < 20; ++attempt) EXPECT_EQ(backoff({}, attempt, a), backoff({}, attempt, b));
}

}  // namespace
}  // namespace fanout
