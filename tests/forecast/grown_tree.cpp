#include "forecast/grown_tree.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

namespace fanout {

double Draw::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

double Draw::lognormal(double median, double deviation) { return median * std::exp(deviation * normal()); }

int Draw::around(double mean) {
  if (mean > 50) return std::max(0, static_cast<int>(std::lround(mean + std::sqrt(mean) * normal())));
  int count = -1;
  for (double left = 1, end = std::exp(-mean); left > end; ++count) left *= uniform();
  return count;
}

namespace {

// A copy of what a task lists, with some left out and some copied.
std::size_t copy(const GrownTree& from, std::size_t task, GrownTree& to, Draw& draw, double share) {
  const auto place = to.tasks.size();
  to.tasks.push_back({from.tasks[task].level, from.tasks[task].further, {}});
  for (const auto listed : from.tasks[task].listed) {
    const bool page = from.tasks[listed].further;
    const int times = page ? 1 : draw.chance(share) ? 0 : draw.chance(share) ? 2 : 1;
    for (int i = 0; i < times; ++i) {
      const auto copied = copy(from, listed, to, draw, share);
      to.tasks[place].listed.push_back(copied);
    }
  }
  return place;
}

}  // namespace

GrownTree changed(const GrownTree& tree, Draw& draw, double share) {
  GrownTree later;
  later.levels = tree.levels;
  copy(tree, 0, later, draw, share);
  return later;
}

Totals totals_of(const GrownTree& tree) {
  Totals totals(tree.levels.size(), 0);
  for (const auto& task : tree.tasks) ++totals[static_cast<std::size_t>(task.level)];
  return totals;
}

RunThrough::RunThrough(const GrownTree& tree, int in_flight, Draw& draw)
    : tree_(tree), most_in_flight_(in_flight), draw_(draw), counts_(tree.levels.size()) {
  for (const auto& level : tree.levels)
    depths_.push_back(level.parent < 0 ? 0 : depths_[static_cast<std::size_t>(level.parent)] + 1);
  ready_.resize(static_cast<std::size_t>(*std::ranges::max_element(depths_)) + 1);
  next_.resize(ready_.size());
  ready_[0].push_back(0);
  counts_[0].open = 1;
}

void RunThrough::claim() {
  for (auto depth = ready_.size(); depth-- > 0;) {
    while (next_[depth] < ready_[depth].size()) {
      if (static_cast<int>(in_flight_.size()) >= most_in_flight_) return;
      in_flight_.push_back(ready_[depth][next_[depth]++]);
    }
  }
}

std::optional<Settled> RunThrough::step() {
  claim();
  if (in_flight_.empty()) return std::nullopt;
  // Replies come nearly in the order of their requests.
  const auto which = std::min(in_flight_.size() - 1, static_cast<std::size_t>(4 * draw_.uniform()));
  const auto& task = tree_.tasks[in_flight_[which]];
  in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(which));
  Settled seen{task.level, task.further, 0, {}};
  std::map<int, std::int64_t> children;
  for (const auto listed : task.listed) {
    const auto& child = tree_.tasks[listed];
    const auto level = static_cast<std::size_t>(child.level);
    ++counts_[level].open;
    ready_[static_cast<std::size_t>(depths_[level])].push_back(listed);
    child.further ? ++seen.pages : ++children[child.level];
  }
  for (const auto& [level, count] : children) seen.children.push_back({level, count});
  --counts_[static_cast<std::size_t>(task.level)].open;
  ++counts_[static_cast<std::size_t>(task.level)].settled;
  return seen;
}

}  // namespace fanout
