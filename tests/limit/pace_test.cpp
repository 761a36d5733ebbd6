#include "limit/pace.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/at.h"

namespace fanout {
namespace {

constexpr Rate kEvery100Ms{10, milliseconds(1000)};

// Who always wants to go, from `from` on: when does it?
std::vector<std::int64_t> goes(Pace& pace, std::int64_t from, int times) {
  std::vector<std::int64_t> went;
  for (int i = 0; i < times; ++i) {
    const auto when = std::max(at(from), pace.next());
    pace.taken(when);
    went.push_back(when.time_since_epoch() / milliseconds(1));
  }
  return went;
}

TEST(Pace, IsEven) {
  Pace pace(kEvery100Ms, 1, at(0));
  EXPECT_EQ(goes(pace, 0, 4), (std::vector<std::int64_t>{0, 100, 200, 300}));
  EXPECT_EQ(goes(pace, 5000, 3), (std::vector<std::int64_t>{5000, 5100, 5200})) << "after a rest too";
}

TEST(Pace, ABurstGoesAtOnceAndIsEvenAfterIt) {
  Pace pace(kEvery100Ms, 3, at(0));
  EXPECT_EQ(goes(pace, 0, 5), (std::vector<std::int64_t>{0, 0, 0, 100, 200}));
  EXPECT_EQ(goes(pace, 5000, 4), (std::vector<std::int64_t>{5000, 5000, 5000, 5100}));
}

TEST(Pace, AQuotaIsNotSpreadOverTheWholeDay) {
  Pace pace({86'400, std::chrono::hours(24)}, 1, at(0));
  EXPECT_EQ(goes(pace, 0, 3), (std::vector<std::int64_t>{0, 10, 20})) << "a hundredth of a second each";
}

TEST(Pace, ALittleLateLosesNothing) {
  Pace pace(kEvery100Ms, 1, at(0));
  pace.taken(at(0));
  pace.taken(at(107));
  EXPECT_EQ(pace.next(), at(200));
  pace.taken(at(211));
  EXPECT_EQ(pace.next(), at(311)) << "later than that begins anew";
}

TEST(Pace, RoomIsWhatCouldGoUntilThen) {
  Pace pace(kEvery100Ms, 1, at(0));
  pace.taken(at(0));
  EXPECT_EQ(pace.room(at(0), at(99)), 0);
  EXPECT_EQ(pace.room(at(0), at(100)), 1);
  EXPECT_EQ(pace.room(at(0), at(250)), 2);
  EXPECT_EQ(Pace(kEvery100Ms, 5, at(0)).room(at(0), at(0)), 5);
}

TEST(Pace, AnotherRateIsNotHeldUpByTheOldOne) {
  Pace pace({1, milliseconds(60'000)}, 1, at(0));
  pace.taken(at(0));
  pace.change(kEvery100Ms, 1, at(50));
  EXPECT_EQ(pace.next(), at(150));
}

}  // namespace
}  // namespace fanout
