// What a request of each level costs, as replies have told it: with a vendor that reckons by the work that a
// request makes, nobody knows before. It goes up at once and down slowly. Owned by a dispatcher, on the loop.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>

namespace fanout {

class LearnedCosts {
 public:
  void saw(const std::string& level, int cost) {
    const auto [known, first] = by_level_.try_emplace(level, cost);
    known->second = std::max<double>(cost, known->second + (cost - known->second) / kSlowly);
  }
  // Nothing: no reply has told it.
  std::optional<int> of(const std::string& level) const {
    const auto known = by_level_.find(level);
    if (known == by_level_.end()) return std::nullopt;
    return std::max(1, static_cast<int>(std::ceil(known->second)));
  }

  // "b 12, c 3"; empty: none has told it.
  std::string text() const {
    std::string text;
    for (const auto& [level, cost] : by_level_)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", level, of(level).value_or(1));
    return text;
  }

 private:
  static constexpr double kSlowly = 8;

  std::map<std::string, double> by_level_;
};

}  // namespace fanout
