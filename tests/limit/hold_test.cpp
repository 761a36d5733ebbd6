#include "limit/hold.h"

#include <gtest/gtest.h>

#include "support/at.h"

namespace fanout {
namespace {

TEST(Hold, IsAsLongAsTheVendorSaysAndOnlyMovesLater) {
  Hold hold;
  EXPECT_FALSE(hold.until());
  hold.begin(at(0), at(10), milliseconds(60'000));
  EXPECT_EQ(hold.until(), at(60'010));
  hold.begin(at(0), at(20), milliseconds(5'000));
  EXPECT_EQ(hold.until(), at(60'010));
  EXPECT_TRUE(hold.is_on(at(60'009)));
  EXPECT_FALSE(hold.is_on(at(60'010)));
}

TEST(Hold, DoublesWhereTheVendorDoesNotSayAndIsToldAgainSoon) {
  Hold hold;
  hold.begin(at(0), at(10), {});
  EXPECT_EQ(hold.until(), at(1010));
  hold.begin(at(5), at(20), {});
  EXPECT_EQ(hold.until(), at(1020)) << "they were in flight together: one occasion";
  hold.begin(at(1020), at(1030), {});
  EXPECT_EQ(hold.until(), at(3030));
  hold.begin(at(100'000), at(100'000), {});
  EXPECT_EQ(hold.until(), at(101'000)) << "long after the last one it begins anew";
}

}  // namespace
}  // namespace fanout
