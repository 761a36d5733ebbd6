// Pure.
#pragma once

namespace fanout {

constexpr double square(double value) { return value * value; }

}  // namespace fanout
