#include "quantities.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace fanout_vendor {
namespace {

using Unit = std::pair<std::string_view, std::int64_t>;
constexpr std::array<Unit, 6> kUnits{{{"us", 1'000},
                                      {"ms", 1'000'000},
                                      {"s", 1'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"h", 3'600'000'000'000},
                                      {"d", 86'400'000'000'000}}};

// Splits at the first `mark`; the second half is empty when there is none.
std::pair<std::string_view, std::string_view> split(std::string_view text, char mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

Outage::Mode parse_mode(std::string_view mode, std::string_view whole) {
  if (mode == "500") return Outage::Mode::server_error;
  if (mode == "503") return Outage::Mode::unavailable;
  if (mode == "reset") return Outage::Mode::reset;
  if (mode == "refuse") return Outage::Mode::refuse;
  throw BadOption(fmt::format("'{}' is no outage: the mode is 500, 503, reset or refuse", whole));
}

}  // namespace

Duration parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  if (error == std::errc{} && count >= 0) {
    for (const auto& [name, nanoseconds] : kUnits) {
      if (unit != name) continue;
      // A quarter of what nanoseconds hold (73 years), so that sums of instants cannot overflow.
      if (count <= std::numeric_limits<std::int64_t>::max() / 4 / nanoseconds)
        return Duration(count * nanoseconds);
      throw BadOption(fmt::format("'{}' is too long a duration", text));
    }
  }
  throw BadOption(
      fmt::format("'{}' is no duration: write a whole number and us, ms, s, m, h or d, as in 250ms", text));
}

Rate parse_rate(std::string_view text) {
  const auto [number, window] = split(text, '/');
  Rate rate{0, {}, std::string(text)};
  const auto [rest, error] = std::from_chars(number.data(), number.data() + number.size(), rate.limit);
  const bool whole = error == std::errc{} && rest == number.data() + number.size();
  if (!whole || rate.limit == 0 || window.empty()) {
    throw BadOption(
        fmt::format("'{}' is no rate: write N/DURATION with N of at least 1, as in 100/1s", text));
  }
  rate.window = parse_duration(window);
  if (rate.window == Duration::zero())
    throw BadOption(fmt::format("'{}' is no rate: its window is empty", text));
  return rate;
}

Latency parse_latency(std::string_view text) {
  const auto [shape, rest] = split(text, ':');
  if (rest.empty()) return {Latency::Shape::fixed, parse_duration(shape), {}};
  if (shape == "fixed") return {Latency::Shape::fixed, parse_duration(rest), {}};
  if (shape == "exp") return {Latency::Shape::exponential, parse_duration(rest), {}};
  if (shape == "uniform") {
    const auto [low, high] = split(rest, ':');
    const Latency latency{Latency::Shape::uniform, parse_duration(low), parse_duration(high)};
    if (latency.low <= latency.high) return latency;
  }
  throw BadOption(
      fmt::format("'{}' is no latency: write 5ms, uniform:5ms:50ms (least first) or exp:20ms", text));
}

FallsOver parse_falls_over(std::string_view text) {
  const auto [rate, quiet] = split(text, ':');
  if (quiet.empty()) throw BadOption(fmt::format("'{}': write RATE:QUIET, as in 60/1s:5s", text));
  return {parse_rate(rate), parse_duration(quiet)};
}

Outage parse_outage(std::string_view text) {
  const auto [start, rest] = split(text, '+');
  if (rest.empty())
    throw BadOption(fmt::format("'{}' is no outage: write START+LENGTH[:MODE], as in 2s+1m:503", text));
  const auto [length, mode] = split(rest, ':');
  Outage outage{parse_duration(start), parse_duration(length), Outage::Mode::unavailable, std::string(text)};
  if (rest.size() != length.size()) outage.mode = parse_mode(mode, text);
  return outage;
}

}  // namespace fanout_vendor
