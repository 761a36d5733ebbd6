#include "strength.h"

#include <gtest/gtest.h>

namespace fanout_vendor {
namespace {

using namespace std::chrono_literals;

constexpr Instant kFirstRequest{1h};

TEST(Strength, stands_what_its_rate_says) {
  Strength strength(parse_falls_over("10/1s:5s"));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(strength.is_down_for(kFirstRequest + i * 100ms));
}

TEST(Strength, stays_down_while_it_is_hammered_and_gets_up_when_it_is_left_alone) {
  Strength strength(parse_falls_over("10/1s:5s"));
  for (int i = 0; i < 11; ++i) strength.is_down_for(kFirstRequest + i * 10ms);
  EXPECT_TRUE(strength.is_down());
  for (int i = 0; i < 300; ++i)
    EXPECT_TRUE(strength.is_down_for(kFirstRequest + 1s + i * 100ms)) << "hammered";
  EXPECT_TRUE(strength.is_down_for(kFirstRequest + 32s));
  EXPECT_FALSE(strength.is_down_for(kFirstRequest + 38s)) << "one in five seconds";
  EXPECT_EQ(strength.times(), 1U);
}

TEST(Strength, probes_do_not_keep_it_down) {
  Strength strength(parse_falls_over("10/1s:5s"));
  for (int i = 0; i < 11; ++i) strength.is_down_for(kFirstRequest + i * 10ms);
  for (int i = 1; i <= 5; ++i) EXPECT_TRUE(strength.is_down_for(kFirstRequest + i * 1s - 500ms));
  EXPECT_FALSE(strength.is_down_for(kFirstRequest + 6s)) << "one a second";
}

}  // namespace
}  // namespace fanout_vendor
