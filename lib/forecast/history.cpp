#include "forecast/history.h"

#include <algorithm>
#include <cmath>

namespace fanout {
namespace {

// One run alone says nothing of how much a pipeline changes. Most change little from day to day.
constexpr double kUsualSpread = 0.06;
constexpr double kUsualWeight = 3;  // as many changes have been seen as usual

std::optional<double> ratio_in(const Totals& totals, int level, int parent) {
  const auto of = [&](int i) { return totals[static_cast<std::size_t>(i)]; };
  const double whole = parent < 0 ? 1 : of(parent);
  if (of(level) < 0 || whole <= 0) return std::nullopt;
  return of(level) / whole;
}

}  // namespace

std::optional<Known> known_of(const History& history, int level, int parent) {
  std::vector<double> logs;
  std::optional<Known> known;
  for (const auto& run : history.runs) {
    const auto ratio = ratio_in(run, level, parent);
    if (!ratio) continue;
    if (!known) known = Known{*ratio, 0};  // of the latest
    logs.push_back(std::log(std::max(*ratio, 1e-6)));
  }
  if (!known) return known;
  double squares = kUsualWeight * kUsualSpread * kUsualSpread;
  for (std::size_t i = 1; i < logs.size(); ++i) squares += (logs[i] - logs[i - 1]) * (logs[i] - logs[i - 1]);
  known->spread = std::sqrt(squares / (kUsualWeight + static_cast<double>(logs.size() - 1)));
  return known;
}

}  // namespace fanout
