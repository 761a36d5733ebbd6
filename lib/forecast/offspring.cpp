#include "forecast/offspring.h"

#include <algorithm>
#include <cmath>

#include "forecast/pages.h"
#include "forecast/square.h"

namespace fanout {
namespace {

// Before much was seen, children are taken to differ from parent to parent as much as their mean, as if so
// many parents had shown it.
constexpr double kUsualVariance = 1;
constexpr double kVarianceOfPages = 0.15;  // pages of a list are alike, but for the last one
constexpr double kUsualParents = 2;

std::size_t place(int index) { return static_cast<std::size_t>(index); }

struct Ratio {
  double mean = 0;      // children of one parent
  double variance = 0;  // from one parent to the next, relative to the square of the mean
};

Ratio ratio_of(const LevelSums& child, double parents, double kept, double usual) {
  // None seen among n: about half a one, as far as anybody can tell.
  const double mean = std::max(child.born, 0.5) / parents;
  const double squares = std::max(child.born_squared - square(child.born) / parents, 0.0);
  return {mean * kept,
          (kUsualParents * usual + squares / square(mean)) / (kUsualParents + std::max(parents - 1, 0.0))};
}

}  // namespace

Offspring::Offspring(const LevelTree& tree, const Counts& counts, const Sums& seen, const History& history)
    : tree_(tree), counts_(counts), history_(history) {
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const double open = static_cast<double>(counts[i].open);
    const double pages = seen[i].pages_of_first + seen[i].pages_of_further;
    const double further = std::clamp(pages - seen[i].further, 0.0, open);
    // An item that another parent has listed before makes no task, where keys are unique in the run.
    const double made = open + static_cast<double>(counts[i].settled) - pages;
    const double kept = seen[i].born > 0 ? std::clamp(made / seen[i].born, 0.0, 1.0) : 1;
    open_.push_back({open - further, further, tree[i].parent < 0 ? 1 : kept});
  }
}

std::optional<std::vector<double>> Offspring::to_come(const Sums& sums, int more_of) const {
  std::vector<double> to_come;
  for (std::size_t i = 0; i < tree_.size(); ++i) {
    const auto estimate = of_level(i, tree_[i].parent < 0 ? 0 : to_come[place(tree_[i].parent)], sums);
    if (!estimate) return std::nullopt;
    const double listed = static_cast<double>(counts_[i].open);
    const double more = static_cast<int>(i) == more_of ? std::exp(estimate->deviation) : 1;
    to_come.push_back(listed + (estimate->to_come - listed) * more);
  }
  return to_come;
}

// parents: tasks of the level above that are still to be settled.
std::optional<Estimate> Offspring::of_level(std::size_t level, double parents, const Sums& sums) const {
  const int parent = tree_[level].parent;
  // How long the first list is, too, only shows when it is asked for.
  const bool unseen =
      parent < 0 ? sums[level].settled() <= 0 : parents > 0 && sums[place(parent)].settled() <= 0;
  const auto known = known_of(history_, static_cast<int>(level), parent);
  if (!known) return unseen && parent >= 0 ? std::nullopt : std::optional(by_this_run(level, parents, sums));
  const double whole = parent < 0 ? 1 : static_cast<double>(counts_[place(parent)].settled) + parents;
  const auto& count = counts_[level];
  if (unseen) {
    const double rest = known->ratio * whole - static_cast<double>(count.settled);
    return Estimate{std::max(rest, static_cast<double>(count.open)), known->spread};
  }
  return with_earlier(by_this_run(level, parents, sums), count, known->ratio * whole, known->spread);
}

Estimate Offspring::by_this_run(std::size_t level, double parents, const Sums& sums) const {
  const auto& open = open_[level];
  const auto length = list_length(sums[level], tree_[level].tells_length);
  double born = 0, variance = 0;
  if (parents > 0) {
    const auto parent = place(tree_[level].parent);
    const double seen = sums[parent].settled();
    const double share = std::min(open_[parent].further / parents, 1.0);
    const double usual = kUsualVariance + share * (kVarianceOfPages - kUsualVariance);
    const auto ratio = ratio_of(sums[level], seen, open.kept, usual);
    born = ratio.mean * parents;
    variance = ratio.variance / seen + ratio.variance / parents;
  }
  const double lists = born * (1 + length.after_first);
  const double pages = open.first * length.after_first + open.further * (length.with_further - 1);
  Estimate estimate{open.first + open.further + lists + pages, 0};
  const double unlisted = lists + pages;
  if (unlisted > 0) {
    const double of_pages = born * length.after_first + pages;
    estimate.deviation = std::sqrt(square(lists) * variance + square(of_pages) * length.variance) / unlisted;
  }
  return estimate;
}

}  // namespace fanout
