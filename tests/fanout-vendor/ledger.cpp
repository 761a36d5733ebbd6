#include "ledger.h"

#include <algorithm>

#include "chance.h"

namespace fanout_vendor {

void Ledger::decided(const Verdict& verdict) {
  ++requests_;
  ++by_why_[static_cast<std::size_t>(verdict.why)];
}

void Ledger::answered(const Verdict& verdict) {
  if (verdict.why != Why::ok) return;
  ++answered_ok_;
  if (first_time(verdict.found)) ++distinct_ok_;
}

void Ledger::unanswered(const Verdict& verdict) {
  if (verdict.why == Why::ok) ++unanswered_ok_;
}

bool Ledger::first_time(const Found& found) {
  if (found.kind != Found::Kind::data) {
    const auto list = mix(static_cast<std::uint64_t>(found.kind)) + found.of;
    return pages_seen_.insert(mix(mix(mix(list) + found.offset) + found.size)).second;
  }
  const auto group = static_cast<std::size_t>(found.of);
  if (group >= data_seen_.size()) data_seen_.resize(std::max(group + 1, data_seen_.size() * 2));
  if (data_seen_[group]) return false;
  data_seen_[group] = true;
  return true;
}

}  // namespace fanout_vendor
