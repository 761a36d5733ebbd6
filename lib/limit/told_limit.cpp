#include "limit/told_limit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace fanout {

const ToldLimit* tightest(const std::vector<ToldLimit>& limits) {
  // One that does not say what remains of it says less than one that does.
  const auto key = [](const ToldLimit& limit) {
    return std::tuple(!limit.remaining, limit.remaining.value_or(0), !limit.of_requests,
                      limit.limit.value_or(std::numeric_limits<double>::max()));
  };
  const auto found = std::ranges::min_element(limits, {}, key);
  return found == limits.end() ? nullptr : &*found;
}

ToldLimits shared(ToldLimits told, double share) {
  if (share >= 1) return told;
  for (auto& limit : told.limits) {
    const double left_to_others = limit.limit ? *limit.limit * (1 - share) : 0;
    if (limit.remaining) {
      const auto ours = limit.limit ? static_cast<double>(*limit.remaining) - std::ceil(left_to_others)
                                    : std::floor(static_cast<double>(*limit.remaining) * share);
      limit.remaining = std::max<std::int64_t>(static_cast<std::int64_t>(ours), 0);
    }
    if (limit.limit) *limit.limit *= share;
  }
  return told;
}

}  // namespace fanout
