#include "limit/latency.h"

#include <algorithm>
#include <cmath>

namespace fanout {
namespace {

constexpr std::size_t kMostLevels = 256;
constexpr int kEnough = 10;    // replies
constexpr double kErrors = 3;  // standard errors
constexpr double kLearns = 0.05;
constexpr double kMostCounted = 500;  // replies that a baseline stands for
constexpr double kRise = 0.05;
constexpr Latency::Seconds kRiseIn{300};

}  // namespace

void Latency::answered(std::string_view name, Seconds took, MonoTime now) {
  auto found = levels_.find(name);
  if (found == levels_.end()) {
    if (levels_.size() >= kMostLevels) return;
    found = levels_.emplace(std::string(name), Level{}).first;
    found->second.raised_at = now;
  }
  Level& level = found->second;
  ++level.count;
  level.sum += took.count();
  level.squares += took.count() * took.count();
  ++level.lately;
  // Until there is a baseline the first replies are it.
  if (level.baseline_count == 0 || level.baseline_count < kEnough) {
    level.baseline = level.sum / level.count;
    level.baseline_count = level.count;
  }
}

// True if it takes longer than its baseline.
bool Latency::judge(Level& level, double mean, double deviation, MonoTime now) {
  // A sample of short times is also one of little deviation.
  level.deviation = std::max(deviation, level.deviation + (deviation - level.deviation) * kLearns);
  const double error = level.deviation * std::sqrt(1.0 / level.count + 1.0 / level.baseline_count);
  if (mean < level.baseline - kErrors * error) {
    level.baseline = mean;
    level.baseline_count = level.count;
    level.raised_at = now;
    return false;
  }
  const bool longer = mean > level.baseline + kErrors * error;
  const double weight = level.count / (level.count + level.baseline_count);
  const double most = level.baseline * kRise * (Seconds(now - level.raised_at) / kRiseIn);
  const double step = (mean - level.baseline) * weight;
  level.baseline += longer ? std::min(step, most) : step;
  level.raised_at = now;
  if (!longer) level.baseline_count = std::min(level.baseline_count + level.count, kMostCounted);
  return longer;
}

double Latency::look(MonoTime now) {
  double took = 0, should = 0;
  for (auto& [name, level] : levels_) {
    level.lately /= 2;
    if (level.count < kEnough) continue;
    const double mean = level.sum / level.count;
    const double deviation = std::sqrt(std::max(level.squares / level.count - mean * mean, 0.0));
    const double before = level.baseline;
    took += level.count * (judge(level, mean, deviation, now) ? mean : before);
    should += level.count * before;
    level.count = 0;
    level.sum = level.squares = 0;
  }
  return should > 0 ? took / should : 1;
}

Latency::Seconds Latency::baseline() const {
  double should = 0, count = 0;
  for (const auto& [name, level] : levels_) {
    should += level.lately * level.baseline;
    count += level.lately;
  }
  return Seconds(count > 0 ? should / count : 0);
}

}  // namespace fanout
