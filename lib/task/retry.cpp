#include "task/retry.h"

#include <algorithm>

namespace fanout {

milliseconds backoff(const Retry& retry, int attempt, Random& random) {
  constexpr int kMostDoublings = 62;  // as far as 64 bits can be shifted
  const int doublings = std::clamp(attempt - 1, 0, kMostDoublings);
  const bool at_cap = retry.base.count() > retry.cap.count() >> doublings;
  return random.up_to(at_cap ? retry.cap : milliseconds(retry.base.count() << doublings));
}

}  // namespace fanout
