#include "forecast/growth.h"

#include <algorithm>
#include <cmath>

#include "forecast/offspring.h"
#include "forecast/square.h"

namespace fanout {
namespace {

// What is unseen may be unlike what was seen in ways that what was seen does not show.
constexpr double kUnlike = 0.22;
constexpr double kUnlikeEarlier = 0.04;
// Where the band would be wider than from one to some thirty, it says nothing.
constexpr double kTooVague = 1.35;
constexpr std::size_t kFewestGroups = 4;

double sum(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value;
  return total;
}

// One in ten is further out where few groups were seen: Student's distribution against the normal one.
double few(std::size_t groups) { return 1 + 1.3 / static_cast<double>(groups - 1); }

// How much the forecast changes when a group of `size` neighbouring blocks is left out.
double by_jackknife(const Offspring& offspring, const Sample& sample, std::size_t size) {
  std::vector<double> logs;
  const auto& blocks = sample.blocks();
  for (std::size_t begin = 0; begin < blocks.size(); begin += size) {
    Sums rest = sample.all();
    const auto end = std::min(begin + size, blocks.size());
    for (auto block = begin; block < end; ++block) {
      for (std::size_t i = 0; i < rest.size(); ++i) rest[i].take_away(blocks[block][i]);
    }
    if (const auto to_come = offspring.to_come(rest)) logs.push_back(std::log(std::max(sum(*to_come), 1.0)));
  }
  if (logs.size() < kFewestGroups) return 0;
  const double count = static_cast<double>(logs.size());
  const double mean = sum(logs) / count;
  double squares = 0;
  for (const double value : logs) squares += square(value - mean);
  return squares * (count - 1) / count * square(few(logs.size()));
}

double by_jackknife(const Offspring& offspring, const Sample& sample) {
  double most = 0;
  for (std::size_t size = 1; sample.blocks().size() / size >= kFewestGroups; size *= 2)
    most = std::max(most, by_jackknife(offspring, sample, size));
  return most;
}

// What each level's own uncertainty makes of the whole.
double by_levels(const Offspring& offspring, const Sums& sums, double expected) {
  double variance = 0;
  for (std::size_t level = 0; level < sums.size(); ++level) {
    const auto more = offspring.to_come(sums, static_cast<int>(level));
    if (more) variance += square(std::log(std::max(sum(*more), 1.0) / expected));
  }
  return variance;
}

}  // namespace

double Growth::low() const { return std::max(median * std::exp(-kOneInTen * spread), open); }
double Growth::high() const { return median * std::exp(kOneInTen * spread); }

std::optional<Growth> growth_of(const LevelTree& tree, const Counts& counts, const Sample& sample,
                                const History& history) {
  const Offspring offspring(tree, counts, sample.all(), history);
  const auto to_come = offspring.to_come(sample.all());
  if (!to_come) return std::nullopt;
  Growth growth;
  growth.to_come = *to_come;
  growth.median = sum(*to_come);
  for (const auto& count : counts) growth.open += static_cast<double>(count.open);
  const double expected = std::max(growth.median, 1.0);
  const double unseen = std::max(growth.median - growth.open, 0.0) / expected;
  const double unlike = history.runs.empty() ? kUnlike : kUnlikeEarlier;
  const double variance =
      std::max(by_levels(offspring, sample.all(), expected), by_jackknife(offspring, sample)) +
      square(unlike * unseen);
  growth.spread = std::sqrt(variance);
  if (growth.spread > kTooVague) return std::nullopt;
  return growth;
}

}  // namespace fanout
