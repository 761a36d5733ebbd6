// Reads the small quantities that the test vendor's options are written in: durations, rates, latencies
// and outages. Pure functions; every failure is a BadOption whose text says what was expected.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fanout_vendor {

using Duration = std::chrono::nanoseconds;
using Instant = std::chrono::steady_clock::time_point;

struct BadOption : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// `limit` requests in every stretch of `window`, wherever it begins.
struct Rate {
  std::uint64_t limit = 1;
  Duration window{};
  std::string text;
};

struct Latency {
  enum class Shape { none, fixed, uniform, exponential };
  Shape shape = Shape::none;
  Duration low{};   // fixed: the value; uniform: the least; exponential: the mean
  Duration high{};  // uniform only
};

struct Outage {
  enum class Mode { server_error, unavailable, reset, refuse };
  Duration start{};  // counted from the first request
  Duration length{};
  Mode mode = Mode::unavailable;
  std::string text;
};

// It falls over above that rate, and gets up when it was left alone for so long.
struct FallsOver {
  Rate rate;
  Duration quiet{};
};

Duration parse_duration(std::string_view text);     // 500us 250ms 1s 5m 2h 1d
Rate parse_rate(std::string_view text);             // 100/1s
Latency parse_latency(std::string_view text);       // 5ms, fixed:5ms, uniform:5ms:50ms, exp:20ms
FallsOver parse_falls_over(std::string_view text);  // 60/1s:5s
Outage parse_outage(std::string_view text);         // 2s+1m, 2s+1m:refuse

}  // namespace fanout_vendor
