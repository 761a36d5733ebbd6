// All chance in the test vendor: pure functions of a seed and a number, so that the same seed and the same
// order of requests give the same faults and latencies.
#pragma once

#include <cstdint>

#include "options.h"

namespace fanout_vendor {

enum class Fault { none, server_error, reset, stall, truncate, malformed };

std::uint64_t mix(std::uint64_t value) noexcept;  // splitmix64's finaliser: every bit depends on every bit
double unit(std::uint64_t value) noexcept;        // in [0, 1), even over mixed values

// True for that rate of ids, the same ids always.
bool chosen(double rate, std::uint64_t id, std::uint64_t salt) noexcept;

Fault draw_fault(const FaultRates& rates, std::uint64_t seed, std::uint64_t request) noexcept;
Duration draw_latency(const Latency& latency, std::uint64_t seed, std::uint64_t request) noexcept;

}  // namespace fanout_vendor
