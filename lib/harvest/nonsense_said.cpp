#include "harvest/nonsense_said.h"

#include <fmt/format.h>

#include <numeric>

namespace fanout {
namespace {

constexpr std::array<const char*, kKindsOfNonsense> kNames{"limit",  "remaining count", "reset",
                                                           "window", "Retry-After",     "cost"};

}  // namespace

void NonsenseSaid::heard(const std::vector<Nonsense>& nonsense, const std::string& vendor, const Log& log) {
  for (const auto& one : nonsense) {
    const auto kind = static_cast<std::size_t>(one.of);
    if (counts_[kind]++ > 0) continue;
    log.notice(
        fmt::format("vendor {}: {} is no {} that can be understood, and is ignored, as are others like it; "
                    "[vendor.{}.told] can say what it means",
                    vendor, one.text, kNames[kind], vendor));
  }
}

std::int64_t NonsenseSaid::count() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::int64_t(0));
}

}  // namespace fanout
