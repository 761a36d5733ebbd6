#include "forecast/sample.h"

namespace fanout {
namespace {

void add_to(Sums& sums, const Settled& task) {
  auto& own = sums[static_cast<std::size_t>(task.level)];
  const auto pages = static_cast<double>(task.pages);
  (task.further ? own.further : own.first) += 1;
  (task.further ? own.pages_of_further : own.pages_of_first) += pages;
  own.bytes += static_cast<double>(task.bytes);
  for (const auto& [level, count] : task.children) {
    auto& child = sums[static_cast<std::size_t>(level)];
    const auto born = static_cast<double>(count);
    child.born += born;
    child.born_squared += born * born;
  }
}

void add_to(Sums& sums, const Sums& others) {
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i].add(others[i]);
}

}  // namespace

void LevelSums::add(const LevelSums& other) {
  for (const auto number : kLevelNumbers) this->*number += other.*number;
}

void LevelSums::take_away(const LevelSums& other) {
  for (const auto number : kLevelNumbers) this->*number -= other.*number;
}

void Sample::add(const Settled& task) {
  if (blocks_.empty() || in_last_ >= length_) {
    if (blocks_.size() == kMostBlocks) join_neighbours();
    blocks_.emplace_back(levels_);
    in_last_ = 0;
  }
  ++in_last_;
  add_to(blocks_.back(), task);
  add_to(all_, task);
}

void Sample::add_unseen(const Sums& sums) { add_to(all_, sums); }

void Sample::join_neighbours() {
  std::vector<Sums> joined;
  for (std::size_t i = 0; i + 1 < blocks_.size(); i += 2) {
    add_to(blocks_[i], blocks_[i + 1]);
    joined.push_back(std::move(blocks_[i]));
  }
  blocks_ = std::move(joined);
  length_ *= 2;
}

}  // namespace fanout
