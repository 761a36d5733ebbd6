#include "task/retry.h"

#include <algorithm>

namespace fanout {

milliseconds backoff(const Retry& retry, int attempt, Random& random) {
  constexpr int kMostDoublings = 30;  // keeps the shift in range; any cap is reached long before
  const int doublings = std::clamp(attempt - 1, 0, kMostDoublings);
  const auto grown = std::min<std::int64_t>(retry.cap.count(), retry.base.count() << doublings);
  return random.up_to(milliseconds(grown));
}

}  // namespace fanout
