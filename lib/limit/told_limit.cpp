#include "limit/told_limit.h"

#include <algorithm>
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

}  // namespace fanout
