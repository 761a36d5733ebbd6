#include "limit/flight.h"

#include <gtest/gtest.h>

#include "support/at.h"

namespace fanout {
namespace {

TEST(Flight, OnlyAnEndFreesASlot) {
  Flight flight;
  const auto number = flight.take();
  EXPECT_EQ(flight.next(1, at(5)), MonoTime::max());
  EXPECT_EQ(flight.next(2, at(5)), at(5));
  flight.end(number);
  EXPECT_EQ(flight.next(1, at(5)), at(5));
}

TEST(Flight, OrphansCountUntilTheyMustBeOver) {
  Flight flight;
  flight.add_orphans(2, at(100));
  EXPECT_EQ(flight.next(2, at(5)), at(100));
  EXPECT_EQ(flight.next(3, at(5)), at(5));
  flight.take();
  EXPECT_EQ(flight.next(3, at(5)), at(100));
  EXPECT_EQ(flight.next(2, at(100)), at(100));
}

}  // namespace
}  // namespace fanout
