#include "forecast/with_earlier.h"

#include <algorithm>
#include <cmath>

#include "forecast/square.h"

namespace fanout {
namespace {

// A run sees its first branches first, and they may be unlike all others: so much less it is believed.
constexpr double kFirstAreUnlike = 0.3;
// What is further from earlier runs than so many standard deviations has changed.
constexpr double kChanged = 3;
constexpr double kLargestDeviation = 2;

}  // namespace

Estimate with_earlier(const Estimate& own, const LevelCount& count, double earlier, double spread) {
  const double settled = static_cast<double>(count.settled), open = static_cast<double>(count.open);
  const double total = std::max(settled + own.to_come, 1.0);
  const double unlisted = std::max(own.to_come - open, 0.0);
  const double unseen = std::min(unlisted / total, 1.0);
  const double by_own = square(unseen) * (square(own.deviation) + square(kFirstAreUnlike));
  const double apart = std::log(total / std::max(earlier, 1.0));
  double by_earlier = square(spread);
  if (std::abs(apart) > kChanged * std::sqrt(by_earlier + by_own))
    by_earlier = std::max(by_earlier, square(apart) - by_own);
  const double earlier_counts = by_own + by_earlier > 0 ? by_own / (by_own + by_earlier) : 0;
  const double both = total * std::exp(-earlier_counts * apart);
  Estimate estimate{std::max(both - settled, open), 0};
  // That nothing more is to come is never as sure as it looks.
  const double left = std::max(estimate.to_come - open, unlisted / 4);
  if (left > 0) {
    estimate.deviation = std::min(std::sqrt(earlier_counts * by_earlier) * both / left, kLargestDeviation);
  }
  return estimate;
}

}  // namespace fanout
