#include "limit/fair_share.h"

#include <algorithm>

namespace fanout {

void FairShare::set(const std::string& name, int weight) { shares_[name].weight = std::max(weight, 1); }

double FairShare::start(const std::string& name) const {
  const auto found = shares_.find(name);
  return found == shares_.end() ? now_ : std::max(now_, found->second.finish);
}

std::optional<std::string> FairShare::pick(const std::vector<std::string>& names) const {
  const auto next =
      std::ranges::min_element(names, {}, [this](const std::string& name) { return start(name); });
  if (next == names.end()) return std::nullopt;
  return *next;
}

void FairShare::charge(const std::string& name, int cost) {
  now_ = start(name);
  Share& share = shares_[name];
  share.finish = now_ + std::max(cost, 0) / share.weight;
}

}  // namespace fanout
