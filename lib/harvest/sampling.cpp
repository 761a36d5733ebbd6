#include "harvest/sampling.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fanout {
namespace {

int quotient_up(int whole, int parts) { return (whole + parts - 1) / parts; }

}  // namespace

Sampling::Sampling(const PipelineSpec& pipeline, int most) : most_(most), left_(most) {
  for (const auto& level : pipeline.levels) {
    if (level.parent >= 0) {
      children_[level.name];
    } else if (left_ > 0) {
      --left_;
      open_[level.name] = 1;
    }
  }
}

bool Sampling::one_more() {
  if (left_ == 0) return false;
  --left_;
  return true;
}

std::vector<Seed> Sampling::chosen(const std::string& level, std::vector<Seed> listed) {
  // Neighbours of one level stay neighbours.
  std::stable_sort(listed.begin(), listed.end(),
                   [](const Seed& a, const Seed& b) { return a.level < b.level; });
  std::vector<Seed> chosen;
  for (auto first = listed.begin(); first != listed.end();) {
    const auto last =
        std::find_if(first, listed.end(), [&](const Seed& s) { return s.level != first->level; });
    const auto count = static_cast<int>(last - first);
    const int some = take(first->level, level, count);
    // Neighbours are alike, so they are taken from all over the list.
    for (int i = 0; i < some; ++i) {
      const auto place = (2LL * i + 1) * count / (2LL * some);
      chosen.push_back(std::move(*(first + place)));
    }
    first = last;
  }
  for (const auto& seed : chosen) ++open_[seed.level];
  if (auto& open = open_[level]; open > 0) --open;
  return chosen;
}

int Sampling::take(const std::string& of, const std::string& from, int listed) {
  auto& share = of == from ? pages_[of] : children_[of];
  if (!std::exchange(share.is_set, true)) {
    // What the levels before it have left over is for it and those of which nothing is known yet.
    const auto others = static_cast<int>(
        std::ranges::count_if(children_, [&](const auto& child) { return !child.second.is_set; }));
    share.left = left_ == 0 ? 0 : std::max(left_ / (1 + others), 1);
  }
  const int parents = of == from ? 1 : std::max(open_[from], 1);
  const int some = std::min({listed, quotient_up(share.left, parents), left_});
  share.left -= some;
  left_ -= some;
  return some;
}

}  // namespace fanout
