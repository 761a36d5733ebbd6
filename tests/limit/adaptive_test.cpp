#include "limit/adaptive.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "limit/playing.h"

namespace fanout {
namespace {

using strange::Fate;
using strange::Searching;
using strange::Seen;
using strange::Vendor;

auto always(double value) {
  return [value](double) { return value; };
}

struct Unknown {
  const char* what;
  Vendor vendor;
  double right;                             // requests a second
  std::function<double(const Seen&)> most;  // that it saw, of what it allows
  double found_in = 60;                     // seconds
};
void PrintTo(const Unknown& unknown, std::ostream* out) { *out << unknown.what; }

std::vector<Unknown> unknowns() {
  using namespace strange;
  const auto falls = std::make_shared<int>(0);
  const auto in_any = [](double limit, double window) {
    return [=](const Seen& seen) { return seen.most_in_any(window) / std::max(limit, 10.0); };
  };
  const auto in_each = [](double limit, double window) {
    return [=](const Seen& seen) { return seen.most_in_each(window, always(limit)); };
  };
  const auto at_once = [](int limit) {
    // One more has to be tried.
    return [=](const Seen& seen) { return (seen.most_in_flight() - 1) / limit; };
  };
  return {
      {"TenASecond", sliding_window(always(10), 1, 0.05), 10, in_any(10, 1)},
      {"FiftyASecond", sliding_window(always(50), 1, 0.05), 50, in_any(50, 1)},
      {"FiftyASecondFarAway", sliding_window(always(50), 1, 0.5), 50, in_any(50, 1)},
      {"FiftyASecondNear", sliding_window(always(50), 1, 0.005), 50, in_any(50, 1)},
      {"FiftyASecondInTimesOfEveryLength", of_every_length(sliding_window(always(50), 1, 0.05), 1), 50,
       in_any(50, 1)},
      {"FiveHundredASecond", sliding_window(always(500), 1, 0.02), 500, in_any(500, 1)},
      {"FiftyInEachSecondOfItsClock", fixed_window(50, 1, 0.05), 50, in_each(50, 1)},
      {"ThreeThousandInEachMinuteOfItsClock", fixed_window(3000, 60, 0.05), 50, in_each(3000, 60), 75},
      {"FiveHundredInAnyMinute", sliding_window(always(500), 60, 0.05), 500 / 60.0, in_any(500, 60), 75},
      {"ABucketOfAHundred", token_bucket(50, 100, 0.05), 50, in_any(150, 1)},
      {"FiveAtOnce", in_flight_limit(5, 0.2, 1), 25, at_once(5)},
      {"TwentyAtOnce", in_flight_limit(20, 0.05, 1), 400, at_once(20)},
      {"TwoAtOnceThatTakeASecond", in_flight_limit(2, 1, 1), 2, at_once(2)},
      {"SlowsDown", queue({5, 0.1}, 1, falls), 50, in_any(500, 10)},
      {"SlowsDownBeforeItErrs", queue({5, 0.1, 1.0}, 1, falls), 50, in_any(500, 10)},
      {"DropsWhatIsTooMuch", token_bucket(50, 50, 0.05, Fate::failed), 50, in_any(100, 1)},
  };
}

class UnknownLimitTest : public testing::TestWithParam<Unknown> {};

TEST_P(UnknownLimitTest, IsFoundFromBelowAndKept) {
  const Unknown& unknown = GetParam();
  Searching search(unknown.vendor);
  search.run(600);
  const Seen& seen = search.seen();
  EXPECT_GE(seen.answered_between(unknown.found_in, unknown.found_in + 60) / 60, 0.9 * unknown.right)
      << "requests a second, in the minute after it should be found";
  EXPECT_GE(seen.answered_between(120, 600) / 480, 0.9 * unknown.right) << "requests a second";
  EXPECT_LE(seen.not_well_share(), 0.01);
  EXPECT_LE(unknown.most(seen), 1.1) << "of what the vendor allows";
}

INSTANTIATE_TEST_SUITE_P(Vendors, UnknownLimitTest, testing::ValuesIn(unknowns()),
                         [](const auto& given) { return std::string(given.param.what); });

TEST(Adaptive, BeginsWithOneInFlightAndOneASecond) {
  Adaptive adaptive{MonoTime{}};
  EXPECT_EQ(adaptive.slots(), 1);
  const auto left = adaptive.taken(MonoTime{}, 1);
  EXPECT_EQ(adaptive.next(1), MonoTime::max()) << "one is in flight";
  adaptive.ended(left, Adaptive::Said::well, "a", MonoTime{} + milliseconds(50));
  EXPECT_GE(adaptive.next(0), MonoTime{} + milliseconds(1000));
}

TEST(Adaptive, DoesNotGrowWhileWhatIsAllowedIsNotUsed) {
  Adaptive adaptive{MonoTime{}};
  for (int i = 0; i < 1000; ++i) {
    const auto at = MonoTime{} + seconds(5 * i);
    adaptive.ended(adaptive.taken(at, 1), Adaptive::Said::well, "a", at + milliseconds(50));
  }
  EXPECT_LT(adaptive.rate(), 1.2);
}

TEST(Adaptive, FollowsALimitThatHalves) {
  Searching search(strange::sliding_window([](double at) { return at < 300 ? 50 : 25; }, 1, 0.05));
  search.run(900);
  EXPECT_LE(search.seen().answered_between(360, 900) / 540, 25);
  EXPECT_GE(search.seen().answered_between(360, 900) / 540, 0.9 * 25);
  EXPECT_LE(search.seen().not_well_share(), 0.01);
}

TEST(Adaptive, LearnsAnHoursQuotaAndSpreadsIt) {
  Searching search(strange::fixed_window(1000, 3600, 0.05));
  search.run(4 * 3600);
  EXPECT_LE(search.seen().not_well_between(3600, 4 * 3600), 10) << "the first hour taught it";
  EXPECT_GE(search.seen().answered_between(3600, 4 * 3600), 0.94 * 3000);
}

TEST(Adaptive, LetsNoVendorFallOverThatNeverLimits) {
  const auto falls = std::make_shared<int>(0);
  Searching search(strange::queue({5, 0.1, 1e9, 1.0, 120}, 1, falls));
  search.run(600);
  EXPECT_EQ(*falls, 0);
  EXPECT_GE(search.seen().answered_between(60, 600) / 540, 0.9 * 50);
}

TEST(Adaptive, IsNotHeldDownByTasksThatAlwaysFail) {
  Searching search([vendor = strange::sliding_window(always(50), 1, 0.05), n = 0](double at,
                                                                                  int in_flight) mutable {
    const auto reaction = vendor(at, in_flight);
    return reaction.fate == Fate::well && ++n % 33 == 0 ? strange::Reaction{Fate::failed, 0.01} : reaction;
  });
  search.run(600);
  EXPECT_GE(search.seen().answered_between(300, 600) / 300, 0.8 * 50);
}

TEST(Adaptive, BeginsAtHalfAfterARestartAndComesBack) {
  Searching search(strange::sliding_window(always(50), 1, 0.05));
  search.run(300);
  const double before = search.way().adaptive().rate();
  search.way().restart(search.now());
  EXPECT_LE(search.way().adaptive().rate(), before / 2);
  search.run(360);
  EXPECT_GE(search.seen().answered_between(330, 360) / 30, 0.9 * 50);
}

TEST(Adaptive, BeginsWithOneASecondAfterAnOutage) {
  Searching search(strange::sliding_window(always(50), 1, 0.05));
  search.run(120);
  Adaptive adaptive = search.way().adaptive();
  adaptive.outage(true, MonoTime{} + seconds(200));
  EXPECT_EQ(adaptive.rate(), 1);
}

// Answers well up to so many a second, then nothing but failures until it is told of the outage.
double rate_at_the_fall(Adaptive& adaptive, MonoTime& now, double bears) {
  while (adaptive.rate() < bears) {
    now = std::max(now, adaptive.next(0));
    adaptive.ended(adaptive.taken(now, 1), Adaptive::Said::well, "a", now + milliseconds(5));
    if (now > MonoTime{} + std::chrono::hours(12)) break;
  }
  const double at = adaptive.rate();
  for (int i = 0; i < 10; ++i) adaptive.ended(adaptive.taken(now, 1), Adaptive::Said::failed, "a", now);
  adaptive.outage(true, now);
  return at;
}

// The highest rate that it goes at for so long, or the first above 80.
double most_within(Adaptive& adaptive, MonoTime& now, seconds time) {
  double most = 0;
  for (const auto end = now + time; now < end && most < 80; most = std::max(most, adaptive.rate())) {
    now = std::max(now, adaptive.next(0));
    adaptive.ended(adaptive.taken(now, 1), Adaptive::Said::well, "a", now + milliseconds(5));
  }
  return most;
}

TEST(Adaptive, DoesNotMakeAVendorFallAThirdTimeAtTheSameRate) {
  Adaptive adaptive{MonoTime{}};
  auto now = MonoTime{} + seconds(1);
  rate_at_the_fall(adaptive, now, 60);
  rate_at_the_fall(adaptive, now, 60);
  const double most = most_within(adaptive, now, seconds(3000));
  EXPECT_LE(most, 50);
  EXPECT_GE(most, 30) << "and is not too timid";
  EXPECT_GT(most_within(adaptive, now, seconds(1200)), 60) << "an hour later it is tried again";
}

// All that is in flight hangs, and is given up half a minute later; so long nothing is answered.
void hang(Adaptive& adaptive, MonoTime& now) {
  std::vector<Adaptive::Left> left;
  for (int i = 1; i <= 10; ++i) left.push_back(adaptive.taken(now, i));
  now += seconds(30);
  for (const auto& one : left) adaptive.ended(one, Adaptive::Said::failed, "a", now);
  adaptive.outage(true, now);
}

TEST(Adaptive, AVendorThatHangsTwiceIsNotLeftAtOneASecond) {
  Adaptive adaptive{MonoTime{}};
  auto now = MonoTime{} + seconds(1);
  most_within(adaptive, now, seconds(30));
  for (int i = 0; i < 2; ++i) {
    while (adaptive.rate() < 60) most_within(adaptive, now, seconds(1));
    hang(adaptive, now);
  }
  const double most = most_within(adaptive, now, seconds(600));
  EXPECT_GE(most, 30);
  EXPECT_LE(most, 50) << "nor asked as fast as before";
}

TEST(Adaptive, CredentialsThatLapseTwiceAreNoReasonToAskLess) {
  Adaptive adaptive{MonoTime{}};
  auto now = MonoTime{} + seconds(1);
  for (int i = 0; i < 2; ++i) {
    while (adaptive.rate() < 60) most_within(adaptive, now, seconds(1));
    adaptive.outage(false, now);
  }
  EXPECT_GT(most_within(adaptive, now, seconds(900)), 60);
}

TEST(Adaptive, FallsThatAreDaysApartAreNotOfOneRate) {
  Adaptive adaptive{MonoTime{}};
  auto now = MonoTime{} + seconds(1);
  rate_at_the_fall(adaptive, now, 60);
  now += std::chrono::hours(72);
  rate_at_the_fall(adaptive, now, 60);
  EXPECT_GT(most_within(adaptive, now, seconds(900)), 60);
}

TEST(Adaptive, KnowsOverARestartThatAVendorFellTwice) {
  Adaptive before{MonoTime{}};
  auto now = MonoTime{} + seconds(1);
  rate_at_the_fall(before, now, 60);
  rate_at_the_fall(before, now, 60);
  Adaptive after{now};
  after.restore(before.state(now), now);
  EXPECT_LE(most_within(after, now, seconds(3000)), 50);
  EXPECT_GT(most_within(after, now, seconds(1200)), 60) << "and for how long";
}

TEST(Adaptive, TakesOutagesAtOtherRatesForTheVendorsOwn) {
  Adaptive adaptive{MonoTime{}};
  auto now = MonoTime{} + seconds(1);
  rate_at_the_fall(adaptive, now, 60);
  rate_at_the_fall(adaptive, now, 20);
  EXPECT_GT(most_within(adaptive, now, seconds(600)), 40);
}

}  // namespace
}  // namespace fanout
