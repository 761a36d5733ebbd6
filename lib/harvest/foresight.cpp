#include "harvest/foresight.h"

#include <algorithm>

namespace fanout {
namespace {

constexpr std::int64_t kEnoughSettled = 20;  // to tell how many requests each took

bool is_settled(State state) {
  return state == State::done || state == State::skipped || state == State::dead;
}

}  // namespace

LevelTree tree_of(const PipelineSpec* pipeline) {
  LevelTree tree;
  if (pipeline == nullptr) return tree;
  for (const auto& level : pipeline->levels)
    tree.push_back({level.name, level.parent, level.page.total || level.page.pages});
  return tree;
}

History history_of(const std::vector<EarlierRun>& earlier, const LevelTree& tree) {
  History history;
  for (const auto& run : earlier) {
    Totals totals(tree.size(), -1);
    for (const auto& [level, tasks] : run) {
      const int index = index_in(tree, level);
      if (index >= 0) totals[static_cast<std::size_t>(index)] = static_cast<double>(tasks);
    }
    // A level that nothing was listed for has no row.
    for (std::size_t i = 0; i < tree.size(); ++i) {
      const int parent = tree[i].parent;
      if (totals[i] < 0 && parent >= 0 && totals[static_cast<std::size_t>(parent)] >= 0) totals[i] = 0;
    }
    history.runs.push_back(std::move(totals));
  }
  return history;
}

Foresight::Foresight(const Run& run, const PipelineSpec* pipeline, MonoTime now)
    : forecast_(tree_of(pipeline), history_of(run.earlier, tree_of(pipeline)), now) {
  forecast_.restore(run.seen);
}

void Foresight::configure(const Run& run, const PipelineSpec* pipeline) {
  auto tree = tree_of(pipeline);
  if (tree == forecast_.tree()) return;
  auto history = history_of(run.earlier, tree);
  forecast_.change(std::move(tree), std::move(history));
}

void Foresight::saw(const Settlement& settlement) {
  requests_ += settlement.spent ? 1 : 0;
  const auto& tree = forecast_.tree();
  const int level = index_in(tree, settlement.level);
  if (!is_settled(settlement.to) || level < 0) return;
  ++settled_;
  Settled task{level, settlement.further_page, 0, {}, settlement.bytes};
  for (const auto& seed : settlement.seeds) {
    if (seed.level == settlement.level) {
      ++task.pages;
    } else if (!task.children.empty() &&
               tree[static_cast<std::size_t>(task.children.back().level)].name == seed.level) {
      ++task.children.back().count;
    } else if (const int child = index_in(tree, seed.level); child >= 0) {
      const auto known = std::ranges::find(task.children, child, &Settled::Children::level);
      known == task.children.end() ? task.children.push_back({child, 1}) : void(++known->count);
    }
  }
  forecast_.saw(task);
}

void Foresight::counted(const std::vector<Tally>& tallies, MonoTime now) {
  Counts counts(forecast_.tree().size());
  for (const auto& tally : tallies) {
    const int level = index_in(forecast_.tree(), tally.level);
    if (level >= 0) counts[static_cast<std::size_t>(level)] = {tally.expected() - tally.open(), tally.open()};
  }
  forecast_.counted(std::move(counts), now);
}

double Foresight::requests_each() const {
  if (settled_ < kEnoughSettled) return 1;
  return std::max(static_cast<double>(requests_) / static_cast<double>(settled_), 1.0);
}

}  // namespace fanout
