#include "limit/told_share.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

MonoTime at(std::int64_t ms) { return MonoTime(milliseconds(ms)); }

ToldLimits remaining(std::int64_t count, std::optional<double> limit = {},
                     std::optional<milliseconds> reset_in = {}) {
  ToldLimits told;
  told.limits.push_back({"x", limit, count, reset_in, {}});
  return told;
}

std::int64_t ours(ToldShare& share, const ToldLimits& told, MonoTime now = at(0)) {
  return share.of(told, 0.6, now).limits.at(0).remaining.value();
}

TEST(ToldShare, LeavesTheRestOfALimitToOthers) {
  ToldShare share;
  EXPECT_EQ(ours(share, remaining(100, 100)), 60);
  EXPECT_EQ(ours(share, remaining(50, 100)), 10);
  EXPECT_EQ(ours(share, remaining(30, 100)), 0);
}

TEST(ToldShare, WhereOnlyTheRestIsToldTheMostOfItStandsForTheLimit) {
  ToldShare share;
  EXPECT_EQ(ours(share, remaining(100)), 60);
  EXPECT_EQ(ours(share, remaining(60)), 20);
  EXPECT_EQ(ours(share, remaining(62)), 22) << "an older reply";
  EXPECT_EQ(ours(share, remaining(40)), 0) << "and not 24 more";
  EXPECT_EQ(ours(share, remaining(1)), 0);
  EXPECT_EQ(ours(share, remaining(100)), 60) << "a new window";
}

TEST(ToldShare, AfterItsResetAWindowBeginsAnewWhateverRemains) {
  ToldShare share;
  ours(share, remaining(100, {}, seconds(10)));
  EXPECT_EQ(ours(share, remaining(30, {}, seconds(5)), at(5000)), 0);
  EXPECT_EQ(ours(share, remaining(40, {}, seconds(10)), at(10'000)), 24) << "others were quicker";
}

TEST(ToldShare, AWholeShareChangesNothing) {
  ToldShare share;
  EXPECT_EQ(share.of(remaining(7), 1, at(0)).limits.at(0).remaining, 7);
}

}  // namespace
}  // namespace fanout
