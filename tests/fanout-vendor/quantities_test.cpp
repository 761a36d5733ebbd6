#include "quantities.h"

#include <gtest/gtest.h>

namespace fanout_vendor {
namespace {

using namespace std::chrono_literals;

TEST(Quantities, durations) {
  const std::pair<const char*, Duration> cases[] = {
      {"0s", 0s}, {"500us", 500us}, {"250ms", 250ms}, {"30s", 30s}, {"5m", 5min}, {"20h", 20h}, {"7d", 168h}};
  for (const auto& [text, duration] : cases) EXPECT_EQ(parse_duration(text), duration) << text;
}

TEST(Quantities, bad_durations) {
  for (const char* text : {"", "5", "s", "-1s", "+1s", "1.5s", "1 s", "1s ", "1S", "1w", "99999999999d"}) {
    EXPECT_THROW(parse_duration(text), BadOption) << text;
  }
}

TEST(Quantities, rates) {
  const auto rate = parse_rate("100/250ms");
  EXPECT_EQ(rate.limit, 100U);
  EXPECT_EQ(rate.window, 250ms);
  EXPECT_EQ(rate.text, "100/250ms");
  for (const char* text : {"", "100", "100/", "/1s", "0/1s", "-1/1s", "1x/1s", "100/0s", "1e3/1s"}) {
    EXPECT_THROW(parse_rate(text), BadOption) << text;
  }
}

TEST(Quantities, latencies) {
  EXPECT_EQ(parse_latency("5ms").low, 5ms);
  EXPECT_EQ(parse_latency("5ms").shape, Latency::Shape::fixed);
  EXPECT_EQ(parse_latency("exp:20ms").shape, Latency::Shape::exponential);
  const auto uniform = parse_latency("uniform:5ms:50ms");
  EXPECT_EQ(uniform.shape, Latency::Shape::uniform);
  EXPECT_EQ(uniform.low, 5ms);
  EXPECT_EQ(uniform.high, 50ms);
  for (const char* text : {"", "x", "exp", "uniform:5ms", "uniform:50ms:5ms", "normal:5ms"}) {
    EXPECT_THROW(parse_latency(text), BadOption) << text;
  }
}

TEST(Quantities, outages) {
  const auto plain = parse_outage("2s+1m");
  EXPECT_EQ(plain.start, 2s);
  EXPECT_EQ(plain.length, 1min);
  EXPECT_EQ(plain.mode, Outage::Mode::unavailable);
  EXPECT_EQ(parse_outage("2s+1m:500").mode, Outage::Mode::server_error);
  EXPECT_EQ(parse_outage("2s+1m:503").mode, Outage::Mode::unavailable);
  EXPECT_EQ(parse_outage("2s+1m:reset").mode, Outage::Mode::reset);
  EXPECT_EQ(parse_outage("2s+1m:refuse").mode, Outage::Mode::refuse);
  for (const char* text : {"", "2s", "2s+", "+1m", "2s+1m:", "2s+1m:502"}) {
    EXPECT_THROW(parse_outage(text), BadOption) << text;
  }
}

}  // namespace
}  // namespace fanout_vendor
