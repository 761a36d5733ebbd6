#include "limit/told.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "limit/limiter_state.h"
#include "support/at.h"

namespace fanout {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;

ToldLimit limit_of(double limit, milliseconds window, const std::string& name = "x-ratelimit") {
  ToldLimit told;
  told.name = name;
  told.limit = limit;
  told.window = window;
  return told;
}

ToldLimit left_of(std::int64_t remaining, milliseconds reset_in, const std::string& name = "x-ratelimit") {
  ToldLimit told;
  told.name = name;
  told.remaining = remaining;
  told.reset_in = reset_in;
  return told;
}

// A vendor's limiter with no bound but this one.
struct Asking {
  Rates rates;
  Flight flight;
  Told told;

  std::uint64_t take(MonoTime now) {
    told.taken(now);
    return flight.take();
  }
  void sent(std::uint64_t number, MonoTime now) {
    flight.find(number)->sent = now;
    told.sent(now);
  }
  void end(std::uint64_t number, MonoTime taken, MonoTime now, const ToldLimits& says, bool refused = false) {
    Told::Ended ended{says, taken, *flight.find(number), !refused, refused};
    rates.ended(*ended.flown, !refused, now);
    flight.end(number);
    told.ended(ended, rates, flight, now);
  }
  // Asked, sent and answered in the same moment.
  void ask(MonoTime now, const ToldLimits& says, bool refused = false) {
    const auto number = take(now);
    sent(number, now);
    end(number, now, now, says, refused);
  }
  MonoTime next(MonoTime now) const { return told.next(now, flight.count()); }
  int ask_all_that_may(MonoTime now, const ToldLimits& says, int most = 1000) {
    int asked = 0;
    for (; asked < most && next(now) <= now; ++asked) ask(now, says);
    return asked;
  }
};

TEST(Told, IsNoBoundWhereNothingIsTold) {
  Asking vendor;
  EXPECT_EQ(vendor.ask_all_that_may(at(0), {}), 1000);
  EXPECT_FALSE(vendor.told.has_windows());
  EXPECT_EQ(vendor.told.why(at(0)), "");
}

TEST(Told, ALimitWithAWindowIsKeptLikeARate) {
  Asking vendor;
  const ToldLimits says{{limit_of(500, minutes(1))}};
  vendor.ask(at(0), says);
  EXPECT_TRUE(vendor.told.has_windows());
  int asked = 1;
  for (std::int64_t ms = 0; ms < 60'000; ++ms) asked += vendor.ask_all_that_may(at(ms), says);
  EXPECT_EQ(asked, 500) << "evenly, one in 120 ms";
}

TEST(Told, WhatWasAskedBeforeTheFirstWordCounts) {
  Asking vendor;
  for (int i = 0; i < 9; ++i) vendor.ask(at(i), {});
  vendor.ask(at(9), {{limit_of(10, minutes(1))}});
  EXPECT_EQ(vendor.next(at(9)), at(60'009)) << "ten within the minute";
}

TEST(Told, HalfARequestASecondIsOneInTwo) {
  Asking vendor;
  vendor.ask(at(0), {{limit_of(0.5, seconds(1))}});
  EXPECT_EQ(vendor.next(at(0)), at(2000));
  vendor.ask(at(2000), {{limit_of(0.04512, seconds(1))}});
  EXPECT_GE(vendor.next(at(2000)), at(2000 + 22'163));
}

TEST(Told, LimitsThatNobodyCouldKeepAreNone) {
  for (const auto& limit : {limit_of(0, seconds(60)), limit_of(-1, seconds(60)), limit_of(1e300, seconds(60)),
                            limit_of(10, milliseconds(1)), limit_of(10, hours(24 * 31))}) {
    Asking vendor;
    vendor.ask(at(0), {{limit}});
    EXPECT_FALSE(vendor.told.has_windows());
    EXPECT_EQ(vendor.next(at(0)), at(0));
  }
}

TEST(Told, OfOtherThingsThanRequestsOnlyAUsedUpOneCounts) {
  Asking vendor;
  auto tokens = limit_of(2, seconds(60));
  tokens.of_requests = false;
  tokens.remaining = 1;
  vendor.ask(at(0), {{tokens}});
  EXPECT_FALSE(vendor.told.has_windows());
  vendor.take(at(0));
  EXPECT_EQ(vendor.next(at(0)), at(0)) << "who knows how many tokens a request takes?";
  tokens.remaining = 0;
  tokens.reset_in = seconds(7);
  vendor.ask(at(0), {{tokens}});
  EXPECT_EQ(vendor.next(at(0)), at(7000));
}

TEST(Told, TheStricterOfSeveralHolds) {
  Asking vendor;
  vendor.ask(at(0), {{left_of(0, seconds(5), "second"), left_of(0, seconds(50), "minute"),
                      left_of(900, hours(1), "hour")}});
  EXPECT_EQ(vendor.next(at(0)), at(50'000));
}

TEST(Told, SaysWhyInWordsThatDoNotGrowStale) {
  Asking vendor;
  vendor.ask(at(0), {{left_of(0, minutes(5))}});
  EXPECT_THAT(vendor.told.why(at(0)), HasSubstr("nothing remains of its limit x-ratelimit"));
  EXPECT_EQ(vendor.told.why(at(0)), vendor.told.why(at(200'000)));
  EXPECT_EQ(vendor.told.why(at(300'000)), "");
  Asking day;
  day.ask(at(0), {{limit_of(1, hours(24))}});
  EXPECT_THAT(day.told.why(at(0)), HasSubstr("a limit of 1/1d (x-ratelimit), and it is used up"));
}

TEST(Told, ARefusalMakesNoLimitLooser) {
  Asking vendor;
  vendor.ask(at(0), {{limit_of(10, seconds(60))}});
  for (int i = 1; i <= 5; ++i) {
    vendor.ask(at(60'000 * i), {{limit_of(10 + 100.0 * i, seconds(60))}}, true);
    vendor.ask(at(60'000 * i), {{limit_of(1000, seconds(1))}}, true);
  }
  EXPECT_LE(vendor.ask_all_that_may(at(600'000), {}), 1) << "one in six seconds";
  vendor.ask(at(700'000), {{limit_of(600, seconds(60))}});
  EXPECT_EQ(vendor.next(at(700'100)), at(700'100)) << "a good answer may";
  vendor.ask(at(800'000), {{limit_of(6, seconds(60))}}, true);
  vendor.ask(at(801'000), {}, true);
  EXPECT_EQ(vendor.next(at(801'000)), at(811'000)) << "stricter at once";
}

TEST(Told, RetryAfterGoesBeforeTheResetUntilItTurnsOutToBeTooShort) {
  Asking vendor;
  ToldLimits says{{left_of(0, hours(1))}, seconds(2)};
  vendor.ask(at(0), says, true);
  EXPECT_EQ(vendor.next(at(0)), at(2000));
  vendor.ask(at(2000), says, true);
  EXPECT_EQ(vendor.next(at(2000)), at(2000) + hours(1));
}

TEST(Told, OnAGoodReplyRetryAfterStopsNothing) {
  Asking vendor;
  vendor.ask(at(0), {{left_of(999, hours(1))}, seconds(60)});
  EXPECT_EQ(vendor.next(at(0)), at(0));
}

// ---- buckets: a reply tells of its own only

TEST(Told, WhatWasAnsweredForAnotherBucketDoesNotCountInThisOne) {
  Asking vendor;
  auto search = limit_of(3, minutes(1), "x-ratelimit search");
  search.remaining = 2;
  search.reset_in = minutes(1);
  auto core = limit_of(5000, hours(1), "x-ratelimit core");
  vendor.ask(at(0), {{search}});
  vendor.ask(at(1000), {{core}});
  std::int64_t ms = 1000;
  int asked = 0;
  for (; ms < 5000; ++ms) asked += vendor.ask_all_that_may(at(ms), {{core}});
  EXPECT_GT(asked, 500) << "as the other's pace lets them";
  vendor.take(at(ms)), vendor.take(at(ms));
  EXPECT_GT(vendor.next(at(ms)), at(ms)) << "these may both be searches";
}

TEST(Told, KeepsAFewBucketsHoweverManyAreNamed) {
  Asking vendor;
  vendor.ask(at(0), {{left_of(0, hours(1), "first")}});
  for (int i = 1; i < 1000; ++i) vendor.ask(at(i), {{left_of(100, hours(1), "b" + std::to_string(i))}});
  SavedLimiter saved;
  vendor.told.save(saved, 0, 0, at(1000));
  EXPECT_EQ(saved.told.size(), Told::kMost);
}

TEST(Told, ForgetsWhatWasNotToldForADay) {
  Asking vendor;
  vendor.ask(at(0), {{limit_of(1, hours(24)), left_of(5, seconds(1), "y")}});
  vendor.ask(MonoTime(hours(25)), {});
  EXPECT_FALSE(vendor.told.has_windows());
}

// ---- over a restart

TEST(Told, OutlivesARestart) {
  Asking before;
  before.ask(at(1000), {{limit_of(2, seconds(30)), left_of(0, seconds(40), "other")}});
  before.take(at(1000));
  SavedLimiter saved;
  saved.boot = "a";
  before.told.save(saved, 0, 1, at(1000));
  const auto read = read_limiter(write_limiter(saved));
  ASSERT_TRUE(read);
  Told after;
  after.restore(*read, at(1000), at(11'000));
  EXPECT_TRUE(after.has_windows());
  EXPECT_EQ(after.empty_until(at(11'000)), at(41'000));
  EXPECT_EQ(after.next(at(11'000), 0), at(41'000));
  EXPECT_EQ(after.room_of_windows(at(11'000), at(30'000)), 0)
      << "one was asked, and one may have arrived only now";
}

}  // namespace
}  // namespace fanout
