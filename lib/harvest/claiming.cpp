#include "harvest/claiming.h"

#include <algorithm>
#include <chrono>

namespace fanout {
namespace {

// No attempt lasts longer, the time included that its task waits here.
milliseconds longest_claim(const VendorSpec& vendor) {
  return vendor.timeout * (kWaitingPerSlot + 1) + std::chrono::minutes(1);
}

}  // namespace

void add_claims(const Dispatcher& dispatcher, const OpenRuns& runs, int wanted, WallTime now,
                std::vector<ClaimWish>& claims) {
  const auto claimable = runs.claimable(dispatcher.spec().name);
  std::int64_t weights = 0;
  for (const auto* run : claimable) weights += runs.turns_of(*run);
  const auto& waiting = dispatcher.waiting();
  const auto all = wanted + static_cast<std::int64_t>(waiting.count());
  for (const auto* run : claimable) {
    const auto part = (all * runs.turns_of(*run) + weights - 1) / weights;
    const auto missing = part - static_cast<std::int64_t>(waiting.count(run->run.id));
    if (missing <= 0) continue;
    claims.push_back({run->run.id, static_cast<int>(missing), now + longest_claim(dispatcher.spec()),
                      dispatcher.state().open});
  }
}

std::int64_t oldest_claim(const Dispatchers& dispatchers, const Attempts& attempts,
                          const std::vector<Settlement>& to_settle) {
  auto oldest = attempts.oldest_claim();
  for (const auto& settlement : to_settle) oldest = std::min(oldest, settlement.claim);
  for (const auto& [vendor, dispatcher] : dispatchers) {
    oldest = std::min(oldest, dispatcher->waiting().oldest_claim());
  }
  return oldest;
}

}  // namespace fanout
