#include "limit/retry_budget.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "support/at.h"

namespace fanout {
namespace {

// As many retries as it lets, between first requests that leave so often.
int retries(RetryBudget& budget, std::int64_t from, std::int64_t to, std::int64_t each) {
  int retries = 0;
  for (auto ms = from; ms < to; ++ms) {
    if (each > 0 && ms % each == 0) budget.taken(false, at(ms));
    while (budget.next(at(ms)) <= at(ms)) {
      budget.taken(true, at(ms));
      ++retries;
    }
  }
  return retries;
}

TEST(RetryBudget, LetsThroughAShareOfFirstRequests) {
  RetryBudget budget(0.2);
  retries(budget, 0, 10'000, 10);
  EXPECT_NEAR(retries(budget, 10'000, 20'000, 10), 200, 12) << "of a thousand, and one a second";
}

TEST(RetryBudget, LetsSomeThroughAlways) {
  RetryBudget budget(0.2);
  retries(budget, 0, 1000, 0);
  EXPECT_NEAR(retries(budget, 1000, 11'000, 0), 10, 1) << "one a second";
}

TEST(RetryBudget, GoesOnAtTheShareOfTheRateThatWas) {
  RetryBudget budget(0.2);
  retries(budget, 0, 5000, 10);
  retries(budget, 5000, 6500, 0);
  EXPECT_NEAR(retries(budget, 6500, 16'500, 0), 200, 12) << "a fifth of a hundred a second";
}

TEST(RetryBudget, SavesUpNoMoreThanABurst) {
  RetryBudget budget(1);
  for (int i = 0; i < 10'000; ++i) budget.taken(false, at(i));
  EXPECT_LE(budget.room(at(10'000), at(10'000)), 101);
}

TEST(RetryBudget, ItsRoomIsWhatItLetsThrough) {
  RetryBudget budget(0.2);
  retries(budget, 0, 5000, 10);
  const auto room = budget.room(at(6500), at(16'500));
  EXPECT_LE(std::abs(retries(budget, 6500, 16'500, 0) - room), 3);
}

}  // namespace
}  // namespace fanout
