#include "harvest/sampling.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace fanout {
namespace {

int quotient_up(int whole, int parts) { return (whole + parts - 1) / parts; }

}  // namespace

Sampling::Sampling(const PipelineSpec& pipeline, int most) : most_(most), left_(most) {
  for (const auto& level : pipeline.levels) {
    auto& known = levels_[level.name];
    if (level.parent >= 0) {
      known.parent = pipeline.levels[static_cast<std::size_t>(level.parent)].name;
    } else if (left_ > 0) {
      --left_;
      known.open = 1;
    }
  }
}

bool Sampling::one_more() {
  if (left_ == 0) return false;
  --left_;
  return true;
}

std::vector<Seed> Sampling::chosen(const std::string& level, std::vector<Seed> listed) {
  listed = without_chosen_pages(level, std::move(listed));
  // Neighbours of one level stay neighbours.
  std::ranges::stable_sort(listed, {}, &Seed::level);
  std::vector<Seed> chosen;
  for (auto first = listed.begin(); first != listed.end();) {
    const auto last =
        std::find_if(first, listed.end(), [&](const Seed& seed) { return seed.level != first->level; });
    const auto count = static_cast<int>(last - first);
    const int some = take(first->level, level, count);
    // Neighbours are alike, so they are taken from all over the list.
    for (int i = 0; i < some; ++i) {
      const auto place = (2LL * i + 1) * count / (2LL * some);
      chosen.push_back(std::move(*(first + place)));
    }
    first = last;
  }
  for (const auto& seed : chosen) {
    ++levels_[seed.level].open;
    if (seed.level == level) pages_.emplace(seed.level, seed.list, seed.page);
  }
  if (auto& open = levels_[level].open; open > 0) --open;
  return chosen;
}

// Each page of a list may list those behind it.
std::vector<Seed> Sampling::without_chosen_pages(const std::string& level, std::vector<Seed> listed) const {
  std::erase_if(listed, [&](const Seed& seed) {
    return seed.level == level && pages_.contains({seed.level, seed.list, seed.page});
  });
  return listed;
}

int Sampling::take(const std::string& of, const std::string& from, int listed) {
  auto& share = of == from ? levels_[of].pages : levels_[of].children;
  if (!std::exchange(share.is_set, true)) {
    // What the levels before it leave over is for it and those of which nothing is known yet.
    const auto others = static_cast<int>(std::ranges::count_if(levels_, [](const auto& level) {
      return !level.second.parent.empty() && !level.second.children.is_set;
    }));
    const int free = left_ - spoken_for(share);
    share.left = free > 0 ? std::max(free / (1 + others), 1) : 0;
  }
  // Those of other branches, which are still to be listed, list something too.
  const auto& lists = levels_[from];
  const bool more_to_come = !lists.parent.empty() && !is_over(lists.parent);
  const int parents = of == from ? 1 : std::max(lists.open + (more_to_come ? lists.children.left : 0), 1);
  const int some = std::min({listed, quotient_up(share.left, parents), left_});
  share.left -= some;
  left_ -= some;
  return some;
}

bool Sampling::is_over(const std::string& level) const {
  const auto& known = levels_.at(level);
  return known.open == 0 && (known.parent.empty() || is_over(known.parent));
}

int Sampling::spoken_for(const Share& but) const {
  int sum = 0;
  for (const auto& [name, level] : levels_) {
    if (&level.pages != &but && !is_over(name)) sum += level.pages.left;
    if (&level.children != &but && !level.parent.empty() && !is_over(level.parent))
      sum += level.children.left;
  }
  return sum;
}

void Sampling::failed(const std::string& level, const std::string& why) {
  auto& results = results_[level];
  ++results.failed;
  results.last = why;
}

int Sampling::failures() const {
  int sum = 0;
  for (const auto& [level, results] : results_) sum += results.failed;
  return sum;
}

std::string Sampling::failures_text() const {
  auto json = nlohmann::json::object();
  for (const auto& [level, results] : results_) {
    if (results.failed > 0)
      json[level] = {{"answered", results.answered}, {"failed", results.failed}, {"last", results.last}};
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace fanout
