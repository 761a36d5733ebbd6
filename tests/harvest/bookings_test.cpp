#include "harvest/bookings.h"

#include <gtest/gtest.h>

#include "support/at.h"

namespace fanout {
namespace {

class BookingsTest : public testing::Test {
 protected:
  static constexpr std::int64_t kRun = 7;

  BookingsTest() {
    FinerLimits finer;
    finer.name = "x";
    finer.rates = {{2, std::chrono::hours(1)}};
    bounds.reconfigure({finer}, 1, {}, at(0));
  }
  std::vector<MonoTime> book(int tasks, MonoTime now) {
    return bookings.book(bounds, {0, "", kRun}, "waits for x",
                         std::vector<std::int64_t>(static_cast<std::size_t>(tasks), 1), 1, now + seconds(1),
                         now);
  }
  std::vector<int> called(MonoTime now, std::int64_t here = 0, bool goes = true) {
    std::vector<int> counts;
    for (const auto& call : bookings.vacant(
             bounds, {{{0, ""}, here}}, [&](std::int64_t) { return goes; }, now)) {
      EXPECT_EQ(call.run, kRun);
      EXPECT_EQ(call.reason, "waits for x");
      counts.push_back(call.count);
    }
    return counts;
  }

  PartBounds bounds;
  Bookings bookings;
};

TEST_F(BookingsTest, ATurnThatIsFreeAndForWhichNobodyIsHereIsVacant) {
  EXPECT_EQ(bookings.next_look(), MonoTime::max()) << "none is booked";
  book(10, at(0));
  EXPECT_EQ(called(at(100)), std::vector<int>{}) << "who has just been put off is not called at once";
  EXPECT_EQ(called(at(1000)), std::vector<int>{1});
  EXPECT_EQ(called(at(1500)), std::vector<int>{}) << "they are on their way";
  EXPECT_EQ(called(at(2500)), std::vector<int>{1}) << "they have not come";
}

TEST_F(BookingsTest, WhereSomebodyIsHereNoneIsCalled) {
  book(10, at(0));
  EXPECT_EQ(called(at(1000), 1), std::vector<int>{});
}

TEST_F(BookingsTest, OfARunThatDoesNotGoNoneIsCalled) {
  book(10, at(0));
  EXPECT_EQ(called(at(1000), 0, false), std::vector<int>{});
  EXPECT_GE(bookings.next_look(), at(60'000)) << "and it is hardly looked at";
}

TEST_F(BookingsTest, WhereNoneWaitsAnyMoreNoneIsCalled) {
  book(10, at(0));
  bookings.none_waits({kRun, "waits for x", 1});
  EXPECT_EQ(called(at(1000)), std::vector<int>{});
  EXPECT_EQ(bookings.next_look(), MonoTime::max());
}

TEST_F(BookingsTest, ARunThatIsOverLeavesNothing) {
  book(10, at(0));
  bookings.forget_run(kRun);
  EXPECT_EQ(bookings.next_look(), MonoTime::max());
}

TEST_F(BookingsTest, OfOneLumpAndOfManyTheTurnsAreTheSame) {
  std::vector<MonoTime> one_by_one;
  for (int i = 0; i < 7; ++i) one_by_one.push_back(book(1, at(0)).front());
  bookings.forget_all();
  EXPECT_EQ(one_by_one, book(7, at(0)));
  // Two in each hour, no faster than a hundred times that pace.
  const auto seconds_of = [&](std::size_t i) {
    return std::chrono::duration<double>(one_by_one[i].time_since_epoch()).count();
  };
  EXPECT_NEAR(seconds_of(0), 18, 2);
  EXPECT_NEAR(seconds_of(1), 3600, 20);
  EXPECT_NEAR(seconds_of(2), 3618, 20);
  EXPECT_NEAR(seconds_of(3), 7200, 20);
}

}  // namespace
}  // namespace fanout
