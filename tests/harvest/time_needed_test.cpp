#include "harvest/time_needed.h"

#include <gtest/gtest.h>

#include "harvest/limits_now.h"
#include "support/configured.h"
#include "transcripts/configurations.h"

namespace fanout {
namespace {

using std::chrono::hours;

const WallTime kMidnight = from_unix_ms(1'795'651'200'000);  // 2026-11-26T00:00:00Z

std::optional<milliseconds> needed(const std::string& of_vendor, double list_calls, double calls,
                                   const std::string& level = "") {
  const auto config = config_of(vendor(of_vendor) + fan("p") + level);
  const auto& spec = config->vendors.at("v");
  const auto& pipeline = config->pipelines.at("p");
  const Limiter limiter(limits_now(spec, kMidnight, MonoTime{}), MonoTime{});
  return time_needed(limiter, spec, load_of(pipeline, spec, {list_calls, calls}), list_calls + calls, 0,
                     kMidnight, MonoTime{});
}

double seconds_of(std::optional<milliseconds> time) {
  return time ? std::chrono::duration<double>(*time).count() : -1;
}

TEST(TimeNeeded, GoesByTheLimitOfALevelWhereThatIsSlower) {
  const std::string limit =
      "rate = \"100/1s\"\n[[vendor.v.limit]]\nmatch = { level = \"b\" }\nrate = \"2/1s\"\n";
  EXPECT_NEAR(seconds_of(needed(limit, 0, 1000)), 500, 5);
  EXPECT_NEAR(seconds_of(needed(limit, 1000, 10)), 10.1, 0.5) << "the others are many more";
}

TEST(TimeNeeded, CountsWhatRequestsCost) {
  EXPECT_NEAR(seconds_of(needed("rate = \"100/1s\"\n", 0, 1000, "cost = 5\n")), 50, 1);
}

TEST(TimeNeeded, CountsWhatRequestsCostUnderALimitOfAll) {
  EXPECT_NEAR(
      seconds_of(needed("rate = \"100/1s\"\n[[vendor.v.limit]]\nrate = \"100/1m\"\ncost = 10\n", 0, 1000)),
      6000, 100);
}

TEST(TimeNeeded, AnotherHourBringsNoOtherQuota) {
  const std::string day =
      "rate = \"60000/1d\"\n[[vendor.v.limit]]\nquiet = \"08:00-18:00\"\nrate = \"10/1s\"\n";
  EXPECT_NEAR(seconds_of(needed(day, 0, 170'000)) / 86'400, 2, 0.1);
}

TEST(TimeNeeded, AnotherHourForgetsNothingThatWasFound) {
  const auto config = config_of(
      vendor("adaptive = true\n[[vendor.v.limit]]\nquiet = \"01:00-23:00\"\nrate = \"10/1s\"\n") + fan("p"));
  const auto& spec = config->vendors.at("v");
  Limiter limiter(limits_now(spec, kMidnight, MonoTime{}), MonoTime{});
  auto now = MonoTime{};
  Ending well;
  well.evidence = Evidence::alive;
  for (int i = 0; i < 10'000 && limiter.allowed() < 50; ++i) {
    now = std::max(now, limiter.next(now));
    const auto ticket = limiter.take(now);
    limiter.sent(ticket, now);
    limiter.ended(ticket, well, now += milliseconds(5));
  }
  ASSERT_GE(limiter.allowed(), 50);
  const auto time = time_needed(limiter, spec, {}, 1'100'000, 0, kMidnight, now);
  EXPECT_NEAR(seconds_of(time), 23 * 3600 + (1'100'000 - 50 * 3600 - 10 * 22 * 3600) / 50.0, 1500);
}

TEST(TimeNeeded, GoesThroughTheHoursOfTheDay) {
  const std::string day = "rate = \"10/1s\"\n[[vendor.v.limit]]\nquiet = \"01:00-23:00\"\n";
  // 36,000 by one o'clock, then none or few, and the rest from eleven in the evening.
  EXPECT_NEAR(seconds_of(needed(day + "concurrency = 0\n", 0, 30'000)), 3000, 10);
  EXPECT_NEAR(seconds_of(needed(day + "concurrency = 0\n", 0, 54'000)), 23 * 3600 + 1800, 60);
  EXPECT_NEAR(seconds_of(needed(day + "rate = \"1/1s\"\n", 0, 40'000)), 3600 + 4000, 60);
}

TEST(TimeNeeded, SaysNothingOfLimitsThatAreKeptForEachValue) {
  EXPECT_FALSE(needed("adaptive = false\n[[vendor.v.limit]]\nper = \"{a}\"\nrate = \"1/1s\"\n", 0, 1000));
}

}  // namespace
}  // namespace fanout
