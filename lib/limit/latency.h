// How much longer a vendor takes than when it has little to do: the first sign that it is asked too much.
//
// Of replies that were good only, since an error that comes fast is no sign of health, and by level, since a
// list takes longer than one answer. The baseline of a level is the least that its mean came to; it rises by
// a twentieth in five minutes at most, so that one which is measured under load does not drift away with it.
// After Netflix's concurrency-limits (Gradient2), less its long mean. Owned by the adaptive bound, on the
// loop.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "base/time.h"

namespace fanout {

class Latency {
 public:
  using Seconds = std::chrono::duration<double>;

  void answered(std::string_view level, Seconds took, MonoTime now) {
    auto found = levels_.find(level);
    if (found == levels_.end()) {
      if (levels_.size() >= kMost) return;
      found = levels_.emplace(std::string(level), Level{took, took, took, now, 0}).first;
    }
    Level& one = found->second;
    one.mean += (took - one.mean) / kMeanOf;
    one.least = std::min(one.least, one.mean);
    one.baseline = std::min(one.baseline, one.mean);
    ++one.lately;
    if (now - one.since < kRotation) return;
    one.baseline = std::min(one.least, one.baseline * kRise);
    one.least = one.mean;
    one.since = now;
  }

  // 1: as with little to do. Over the levels that were answered since the last look.
  double gradient() const {
    double took = 0, should = 0;
    for (const auto& [name, level] : levels_) {
      took += level.lately * level.mean.count();
      should += level.lately * level.baseline.count();
    }
    return should > 0 ? took / should : 1;
  }
  // The mean of a reply's baseline, by what was asked since the last look.
  Seconds baseline() const {
    double should = 0, count = 0;
    for (const auto& [name, level] : levels_) {
      should += level.lately * level.baseline.count();
      count += level.lately;
    }
    return Seconds(count > 0 ? should / count : 0);
  }
  // What was asked lately counts for half.
  void looked() {
    for (auto& [name, level] : levels_) level.lately /= 2;
  }

 private:
  static constexpr std::size_t kMost = 256;
  static constexpr double kMeanOf = 10;
  static constexpr double kRise = 1.05;
  static constexpr std::chrono::minutes kRotation{5};

  struct Level {
    Seconds mean, baseline, least;
    MonoTime since;
    double lately = 0;
  };
  std::map<std::string, Level, std::less<>> levels_;
};

}  // namespace fanout
