#include "limit/told_share.h"

#include <algorithm>
#include <cmath>

namespace fanout {
namespace {

constexpr std::size_t kMostNames = 32;
// Replies overtake each other, so what remains also rises by a little within one window.
constexpr std::int64_t kALot = 4;

}  // namespace

std::int64_t ToldShare::most_of(const ToldLimit& limit, MonoTime now) {
  if (remaining_.size() >= kMostNames && !remaining_.contains(limit.name)) remaining_.clear();
  auto& seen = remaining_[limit.name];
  const auto remains = *limit.remaining;
  const bool anew =
      (seen.reset && now >= *seen.reset) || remains > seen.most || remains - seen.latest > seen.most / kALot;
  if (anew) {
    seen.most = remains;
    seen.reset.reset();
  }
  seen.latest = remains;
  if (limit.reset_in && !seen.reset) seen.reset = now + *limit.reset_in;
  return seen.most;
}

ToldLimits ToldShare::of(ToldLimits told, double share, MonoTime now) {
  if (share >= 1) return told;
  for (auto& limit : told.limits) {
    if (limit.remaining) {
      const double all = limit.limit ? *limit.limit : static_cast<double>(most_of(limit, now));
      const auto for_others = static_cast<std::int64_t>(std::ceil(all * (1 - share)));
      limit.remaining = std::max<std::int64_t>(*limit.remaining - for_others, 0);
    }
    if (limit.limit) *limit.limit *= share;
  }
  return told;
}

}  // namespace fanout
