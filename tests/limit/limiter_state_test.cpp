#include "limit/limiter_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "limit/limiter.h"

namespace fanout {
namespace {

SavedLimiter some_state() {
  SavedLimiter saved;
  saved.boot = "8f3c\"\n";
  saved.at = MonoTime(microseconds(123'456'789));
  saved.on_their_way = 7;
  saved.hold = milliseconds(-5);
  saved.own_hold = milliseconds(2000);
  saved.breaker = {true, 3, 2, milliseconds(4000), milliseconds(1500), "HTTP 503"};
  saved.history = {{milliseconds(5000), 10}, {milliseconds(3), 2}};
  saved.lanes = {{milliseconds(1000), milliseconds(-20), {{milliseconds(3), 2}, {milliseconds(-4), 1}}},
                 {milliseconds(60'000), milliseconds(20), {}}};
  saved.told.push_back({"x-ratelimit \"core\"",
                        milliseconds(70),
                        {5, milliseconds(3000), 2, milliseconds(40'000), milliseconds(60'000)},
                        true,
                        100,
                        7,
                        {milliseconds(90'000), milliseconds(4), {{milliseconds(80), 3}}}});
  saved.told.push_back({"ratelimit", milliseconds(0), {}, false, 0, 0, {}});
  return saved;
}

TEST(LimiterState, ReadsBackAsItWasWritten) {
  const auto text = write_limiter(some_state());
  const auto read = read_limiter(text);
  ASSERT_TRUE(read) << text;
  EXPECT_EQ(write_limiter(*read), text);
  EXPECT_EQ(read->boot, some_state().boot);
  EXPECT_EQ(read->hold, milliseconds(-5));
  EXPECT_EQ(read->breaker.until_probe, milliseconds(1500));
  EXPECT_EQ(read->lanes[0].past[1].age, milliseconds(-4));
  ASSERT_EQ(read->told.size(), 2U);
  EXPECT_EQ(read->told[0].allowance.left, 5);
  EXPECT_EQ(read->told[0].lane.window, milliseconds(90'000));
  EXPECT_FALSE(read->told[1].allowance.left);
}

TEST(LimiterState, ReadsNothingThatItDoesNotWrite) {
  const std::string good = write_limiter(some_state());
  const auto with = [&](const std::string& part, const std::string& instead) {
    auto text = good;
    const auto found = text.find(part);
    EXPECT_NE(found, std::string::npos) << part;
    return text.replace(found, part.size(), instead);
  };
  const std::vector<std::string> bad{
      "",
      "{",
      "null",
      "[]",
      "7",
      "{\"boot\":1}",
      std::string(100'000, '['),
      good + "x",
      with("\"on_their_way\":7", "\"on_their_way\":-7"),
      with("\"on_their_way\":7", "\"on_their_way\":7.5"),
      with("\"on_their_way\":7", "\"on_their_way\":18446744073709551615"),
      with("\"on_their_way\":7", "\"on_their_way\":99999999999999999999999"),
      with("\"at\":123456789", "\"at\":9223372036854775807"),
      with("\"window\":1000", "\"window\":0"),
      with("\"window\":1000", "\"window\":\"1s\""),
      with("[5000,10,3,2]", "[5000,10,3]"),
      with("[5000,10,3,2]", "[3,2,5000,10]"),
      with("[5000,10,3,2]", "[9223372036854775807,10,3,2]"),
      with("[5000,10,3,2]", "[5000,9223372036854775807]"),
      with("\"open\":1", "\"open\":2"),
      with("\"why\":\"HTTP 503\"", "\"why\":null"),
  };
  for (const auto& text : bad) EXPECT_FALSE(read_limiter(text)) << text.substr(0, 300);
}

// Whatever somebody writes into the row by hand: it is read or it is not, and the limiter goes on.
TEST(LimiterState, DamagedInAnyWayNeverCrashes) {
  const std::string good = write_limiter(some_state());
  std::mt19937_64 chance(7);
  const std::string bits = "0129-,.[]{}\":e\\n\xff";
  const Limits limits{4, {{10, milliseconds(1000)}, {100, milliseconds(60'000)}}, 3};
  for (int i = 0; i < 20'000; ++i) {
    auto text = good;
    for (auto times = 1 + chance() % 4; times > 0 && !text.empty(); --times) {
      const auto place = chance() % text.size();
      const auto bit = bits[chance() % bits.size()];
      if (chance() % 3 == 0)
        text.erase(place, chance() % 5);
      else if (chance() % 2 == 0)
        text.insert(place, 1, bit);
      else
        text[place] = bit;
    }
    const Moment now{MonoTime(seconds(200)), WallTime{}, "b"};
    Limiter limiter(limits, now.mono);
    limiter.restore(text, now);
    limiter.next(now.mono);
    limiter.room(now.mono, now.mono + seconds(1));
    ASSERT_TRUE(read_limiter(limiter.save(now, now.mono + seconds(1)))) << text;
  }
}

}  // namespace
}  // namespace fanout
