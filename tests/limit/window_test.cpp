#include "limit/window.h"

#include <gtest/gtest.h>

#include "support/at.h"

namespace fanout {
namespace {

Rate rate(std::int64_t limit, std::int64_t ms) { return {limit, milliseconds(ms)}; }

TEST(Window, CountsWhatIsNotSentUntilItEnds) {
  Window window(rate(1, 1000));
  window.taken(at(0));
  EXPECT_EQ(window.next(at(5000)), MonoTime::max()) << "it may arrive at any moment";
  window.finished({std::nullopt}, at(5000));
  EXPECT_EQ(window.next(at(5000)), at(6000));
}

TEST(Window, CountsWhatIsSentFromItsReplyOrAfterTheGrace) {
  struct Row {
    std::int64_t sent, finished, next;
  };
  // The grace is 5 ms.
  for (const Row& row : {Row{10, 12, 1012}, Row{10, 15, 1015}, Row{10, 40, 1015}, Row{10, 3000, 3000}}) {
    Window window(rate(1, 1000));
    window.taken(at(0));
    window.sent(at(row.sent));
    EXPECT_EQ(window.next(at(row.sent)), at(row.sent + 1005)) << "before the reply";
    window.finished({at(row.sent)}, at(row.finished));
    EXPECT_EQ(window.next(at(row.finished)), at(row.next)) << row.finished;
  }
}

TEST(Window, CountsForLongerWhereTheWayIsLessSure) {
  struct Row {
    std::int64_t jitter, finished, next;
  };
  for (const Row& row : {Row{0, 90, 1005}, Row{80, 90, 1080}, Row{80, 70, 1070}, Row{200, 90, 1090}}) {
    Window window(rate(1, 1000));
    window.allow(milliseconds(row.jitter));
    window.taken(at(0));
    window.sent(at(0));
    window.finished({at(0)}, at(row.finished));
    EXPECT_EQ(window.next(at(row.finished)), at(row.next)) << row.jitter << " ms, reply at " << row.finished;
  }
}

TEST(Window, CountsOnceWhatHasArrivedWhenTheWayComesToBeLessSure) {
  Window window(rate(2, 1000));
  for (int i = 0; i < 2; ++i) {
    window.taken(at(0));
    window.sent(at(0));
  }
  EXPECT_EQ(window.next(at(10)), at(1005));
  window.taken(at(1010));
  window.allow(milliseconds(500));
  window.finished({at(0)}, at(1020));
  window.finished({at(0)}, at(1020));
  EXPECT_EQ(window.next(at(1020)), at(1020)) << "both have long left it";
}

TEST(Window, ALowerLimitWaitsUntilEnoughHaveLeft) {
  Window window(rate(10, 1000));
  for (int i = 0; i < 10; ++i) {
    window.taken(at(i * 10));
    window.finished({std::nullopt}, at(i * 10));
  }
  window.change_limit(3);
  EXPECT_EQ(window.next(at(100)), at(1070)) << "eight of the ten have to leave";
}

TEST(Window, RoomIsWhatCanLeaveUntilThen) {
  Window window(rate(3, 1000));
  EXPECT_EQ(window.room(at(0), at(0)), 3);
  window.taken(at(0));
  window.finished({std::nullopt}, at(0));
  window.taken(at(500));
  EXPECT_EQ(window.room(at(500), at(999)), 1);
  EXPECT_EQ(window.room(at(500), at(1000)), 2) << "the first has left";
  EXPECT_EQ(window.room(at(500), at(1500)), 5) << "and what goes now may have left again";
}

TEST(Window, ARequestCountsForWhatItCosts) {
  Window window({10, seconds(1)});
  window.taken(at(0), 4);
  window.sent(at(0), 4);
  window.taken(at(0), 4);
  EXPECT_EQ(window.next(at(1), 2), at(1));
  EXPECT_EQ(window.next(at(1), 3), at(1005)) << "the first has left it by then";
  window.sent(at(1), 4);
  window.finished({at(0), 4}, at(2));
  window.finished({at(1), 4}, at(2));
  EXPECT_EQ(window.next(at(3), 2), at(3));
  EXPECT_GT(window.next(at(3), 3), at(900));
  EXPECT_EQ(window.next(at(3), 99), window.next(at(3), 10)) << "what costs more than all goes alone";
}

}  // namespace
}  // namespace fanout
