#include "daemon/fanoutctl/foreknown.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "forecast/sample_text.h"
#include "harvest/foresight.h"

namespace fanout {
namespace {

std::vector<Foreknown::Failure> failures_in(const std::string& text) {
  std::vector<Foreknown::Failure> failures;
  const auto levels = nlohmann::json::parse(text, nullptr, false);
  if (!levels.is_object()) return failures;
  for (const auto& [level, results] : levels.items())
    failures.push_back(
        {level, results.value("answered", 0), results.value("failed", 0), results.value("last", "")});
  return failures;
}

// A list may tell of its pages with each of them.
LevelCount count_of(const LevelSums& seen, const LevelNode& level) {
  const double pages = level.tells_length ? std::max(seen.pages_of_first, seen.further)
                                          : seen.pages_of_first + seen.pages_of_further;
  const double listed = (level.parent < 0 ? 1 : seen.born) + pages;
  return {std::llround(seen.settled()), std::llround(std::max(listed - seen.settled(), 0.0))};
}

}  // namespace

Foreknown::Foreknown(const PlanFor& asked)
    : tree(tree_of(&asked.pipeline)), sample(tree.size()), counts(tree.size()) {
  std::vector<EarlierRun> earlier;
  for (const auto& run : asked.past) earlier.push_back(run.levels);
  if (asked.sample) {
    failures = failures_in(asked.sample->failed);
    if (auto read = sample_of(asked.sample->seen, tree)) sample = std::move(*read), sampled = true;
  }
  for (std::size_t i = 0; i < tree.size(); ++i) counts[i] = count_of(sample.all()[i], tree[i]);
  const bool one_only_failed =
      std::ranges::any_of(failures, [](const Failure& f) { return f.answered == 0; });
  if (!one_only_failed && (sampled || !earlier.empty()))
    growth = growth_of(tree, counts, sample, history_of(earlier, tree));
}

std::int64_t Foreknown::settled() const {
  std::int64_t settled = 0;
  for (const auto& count : counts) settled += count.settled;
  return settled;
}

}  // namespace fanout
