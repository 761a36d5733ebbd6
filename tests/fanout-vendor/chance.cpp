#include "chance.h"

#include <cmath>

namespace fanout_vendor {
namespace {

constexpr std::uint64_t kFaultSalt = 0x0fa17;
constexpr std::uint64_t kLatencySalt = 0x1a7e;

double draw(std::uint64_t seed, std::uint64_t request, std::uint64_t salt) noexcept {
  return unit(mix(mix(seed ^ mix(salt)) + request));
}

}  // namespace

std::uint64_t mix(std::uint64_t value) noexcept {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

double unit(std::uint64_t value) noexcept { return static_cast<double>(value >> 11U) * 0x1.0p-53; }

bool chosen(double rate, std::uint64_t id, std::uint64_t salt) noexcept {
  return rate > 0 && unit(mix(mix(salt) + id)) < rate;
}

Fault draw_fault(const FaultRates& rates, std::uint64_t seed, std::uint64_t request) noexcept {
  double left = draw(seed, request, kFaultSalt);
  if ((left -= rates.server_error) < 0) return Fault::server_error;
  if ((left -= rates.reset) < 0) return Fault::reset;
  if ((left -= rates.stall) < 0) return Fault::stall;
  if ((left -= rates.truncate) < 0) return Fault::truncate;
  if ((left -= rates.malformed) < 0) return Fault::malformed;
  return Fault::none;
}

Duration draw_latency(const Latency& latency, std::uint64_t seed, std::uint64_t request) noexcept {
  switch (latency.shape) {
    case Latency::Shape::none:
      return Duration::zero();
    case Latency::Shape::fixed:
      return latency.low;
    case Latency::Shape::uniform: {
      const auto span = static_cast<double>((latency.high - latency.low).count());
      return latency.low + Duration(std::llround(span * draw(seed, request, kLatencySalt)));
    }
    case Latency::Shape::exponential: {
      const auto mean = static_cast<double>(latency.low.count());
      return Duration(std::llround(-mean * std::log(1.0 - draw(seed, request, kLatencySalt))));
    }
  }
  return Duration::zero();
}

}  // namespace fanout_vendor
