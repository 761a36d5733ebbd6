#include "forecast/forecast.h"

#include <algorithm>
#include <utility>

#include "forecast/sample_text.h"

namespace fanout {
namespace {

std::int64_t settled_in(const Counts& counts) {
  std::int64_t settled = 0;
  for (const auto& count : counts) settled += count.settled;
  return settled;
}

// What a sum would be if the parents it is spread over differed as much as their mean.
double squares_of(double born, double parents) { return parents > 0 ? 2 * born * born / parents : 0; }

}  // namespace

Forecast::Forecast(LevelTree tree, History history, MonoTime begun)
    : tree_(std::move(tree)),
      history_(std::move(history)),
      sample_(tree_.size()),
      counts_(tree_.size()),
      speed_(begun) {}

void Forecast::restore(const std::string& text) {
  if (auto sample = sample_of(text, tree_)) sample_ = std::move(*sample);
}

std::string Forecast::text() const { return text_of(sample_, tree_); }

void Forecast::change(LevelTree tree, History history) {
  tree_ = std::move(tree);
  history_ = std::move(history);
  sample_ = Sample(tree_.size());
  counts_ = Counts(tree_.size());
  is_counted_ = false;
}

void Forecast::saw(const Settled& task) { sample_.add(task); }

void Forecast::counted(Counts counts, MonoTime now) {
  const auto before = settled_in(counts_);
  counts_ = std::move(counts);
  if (std::exchange(is_counted_, true)) {
    // Dead letters that were put back to work are no longer settled.
    speed_.settled(std::max<std::int64_t>(settled_in(counts_) - before, 0), now);
  } else {
    take_unseen();
  }
}

void Forecast::take_unseen() {
  Sums unseen(tree_.size());
  for (std::size_t i = 0; i < tree_.size(); ++i) {
    const auto& seen = sample_.all()[i];
    unseen[i].first = std::max(static_cast<double>(counts_[i].settled) - seen.settled(), 0.0);
    if (tree_[i].parent < 0) continue;
    const double listed = seen.born + seen.pages_of_first + seen.pages_of_further;
    unseen[i].born = std::max(static_cast<double>(counts_[i].settled + counts_[i].open) - listed, 0.0);
    unseen[i].born_squared =
        squares_of(unseen[i].born, unseen[static_cast<std::size_t>(tree_[i].parent)].first);
  }
  sample_.add_unseen(unseen);
}

void Forecast::held_up(bool held_up, MonoTime now) {
  if (held_up && !held_up_since_) {
    held_up_since_ = now;
  } else if (!held_up && held_up_since_) {
    speed_.held_up(*std::exchange(held_up_since_, std::nullopt), now);
  }
}

std::optional<double> Forecast::pace(MonoTime now) const {
  const auto at = held_up_since_.value_or(now);
  return speed_.is_known(at) ? std::optional(speed_.rate(at)) : std::nullopt;
}

std::optional<Growth> Forecast::growth() const {
  return is_counted_ ? growth_of(tree_, counts_, sample_, history_) : std::nullopt;
}

}  // namespace fanout
