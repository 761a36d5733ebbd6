#include "daemon/fanoutd/progress_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/units.h"
#include "daemon/layout.h"

namespace fanout {
namespace {

constexpr std::size_t kBarWidth = 20;

std::int64_t settled(const Tally& tally) { return tally.expected() - tally.open(); }

template <typename Count>
std::int64_t sum(const RunProgress& run, Count count) {
  return std::accumulate(run.tallies.begin(), run.tallies.end(), std::int64_t{0},
                         [&](std::int64_t total, const Tally& tally) { return total + count(tally); });
}

std::int64_t settled_of(const RunProgress& run) { return sum(run, settled); }
std::int64_t expected_of(const RunProgress& run) {
  return sum(run, [](const Tally& tally) { return tally.expected(); });
}
std::int64_t dead_of(const RunProgress& run) {
  return sum(run, [](const Tally& tally) { return tally.dead; });
}

std::string bar(std::int64_t part, std::int64_t whole) {
  const auto full =
      whole == 0 ? 0 : kBarWidth * static_cast<std::size_t>(part) / static_cast<std::size_t>(whole);
  std::string text;
  for (std::size_t i = 0; i < kBarWidth; ++i) text += i < full ? "█" : "░";
  return text;
}

std::string rate_text(double rate) {
  return rate >= 10 ? grouped(static_cast<std::int64_t>(rate)) + "/s" : fmt::format("{:.1f}/s", rate);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += part.empty() ? "" : (text.empty() ? "" : ", ") + part;
  return text;
}

std::vector<Tally> by_depth(const RunProgress& run) {
  auto tallies = run.tallies;
  std::ranges::stable_sort(tallies, {}, &Tally::depth);
  return tallies;
}

}  // namespace

void LevelRates::see(const std::vector<RunProgress>& runs, MonoTime now) {
  for (const auto& run : runs) {
    for (const auto& tally : run.tallies) {
      const auto count = settled(tally);
      const auto [found, is_new] = levels_.try_emplace({run.run.id, tally.level}, Seen{Speed(now), count});
      if (is_new) continue;
      auto& seen = found->second;
      // Dead letters that were put back to work are no longer settled.
      if (count > seen.settled) seen.speed.settled(count - seen.settled, now);
      seen.settled = count;
    }
  }
}

double LevelRates::of(std::int64_t run, const std::string& level, MonoTime now) const {
  const auto found = levels_.find({run, level});
  return found == levels_.end() ? 0 : found->second.speed.rate(now);
}

std::vector<std::string> live_progress(
    const std::vector<RunProgress>& runs,
    const std::function<double(std::int64_t, const std::string&)>& rate_of) {
  std::vector<std::string> lines;
  for (const auto& run : runs) {
    lines.push_back(joined({fmt::format("{}, run {}: {} of {}", run.run.pipeline, run.run.id,
                                        grouped(settled_of(run)), grouped(expected_of(run))),
                            rate_text(run.rate), one_line(prospect_text(run))}));
    std::size_t name_width = 0, count_width = 0;
    for (const auto& tally : run.tallies) {
      name_width = std::max(name_width, width_of(tally.level));
      count_width = std::max(count_width, grouped(tally.expected()).size());
    }
    for (const auto& tally : by_depth(run)) {
      lines.push_back(fmt::format("  {:<{}}  {}  {:>{}} of {:<{}}  {:>9}{}", tally.level, name_width,
                                  bar(settled(tally), tally.expected()), grouped(settled(tally)), count_width,
                                  grouped(tally.expected()), count_width,
                                  rate_text(rate_of(run.run.id, tally.level)),
                                  tally.dead > 0 ? fmt::format("  {} dead", grouped(tally.dead)) : ""));
    }
  }
  return lines;
}

std::string plain_progress(const RunProgress& run) {
  std::vector<std::string> levels;
  for (const auto& tally : by_depth(run)) {
    levels.push_back(fmt::format("{} {}/{}", tally.level, settled(tally), tally.expected()));
  }
  const auto dead = dead_of(run);
  return joined({fmt::format("{}, run {}: {} of {} ({})", run.run.pipeline, run.run.id,
                             grouped(settled_of(run)), grouped(expected_of(run)), joined(levels)),
                 dead > 0 ? grouped(dead) + " dead" : "", rate_text(run.rate), one_line(prospect_text(run))});
}

}  // namespace fanout
