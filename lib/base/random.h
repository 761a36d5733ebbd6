// Seam: chance, for jitter and for nothing that must be secret.
#pragma once

#include <cstdint>
#include <random>

#include "base/time.h"

namespace fanout {

class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;

  // Uniform over [0, most].
  milliseconds up_to(milliseconds most) {
    if (most.count() <= 0) return milliseconds(0);
    return milliseconds(static_cast<std::int64_t>(next() % (static_cast<std::uint64_t>(most.count()) + 1)));
  }
};

// The same seed gives the same chances, on every machine.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace fanout
