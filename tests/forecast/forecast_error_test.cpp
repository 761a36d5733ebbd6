// How far forecasts are off: whole runs through trees of twenty shapes, several of each.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "forecast/forecast.h"
#include "forecast/grown_tree.h"

namespace fanout {
namespace {

constexpr std::uint64_t kSeeds = 8;
constexpr int kInFlight = 16;
constexpr double kRate = 80;  // calls a second
constexpr std::size_t kCommit = 10;

struct Judged {
  int all = 0, in_band = 0, near = 0;
  double widest = 1;  // from the low end of a band to its high end

  void add(const std::optional<TimeLeft>& left, milliseconds truth, double within) {
    ++all;
    if (!left) return;
    in_band += left->low <= truth && truth <= left->high;
    near += std::abs(static_cast<double>(left->median.count()) / static_cast<double>(truth.count()) - 1) <=
            within;
    widest =
        std::max(widest, static_cast<double>(left->high.count()) / static_cast<double>(left->low.count()));
  }
  void add(const Judged& other) {
    all += other.all;
    in_band += other.in_band;
    near += other.near;
    widest = std::max(widest, other.widest);
  }
};

// What is said when this share of the calls is made, and how long the others really take.
struct Foreseen {
  std::optional<TimeLeft> left;
  milliseconds truth{0};
};

Foreseen foreseen(const GrownTree& tree, const History& history, double share, Draw& draw) {
  MonoTime now{};
  Forecast forecast(tree.levels, history, now);
  RunThrough run(tree, kInFlight, draw);
  forecast.counted(run.counts(), now);
  const auto asked_at = static_cast<std::size_t>(std::ceil(share * static_cast<double>(tree.tasks.size())));
  Foreseen seen;
  MonoTime asked{};
  std::size_t settled = 0;
  while (const auto task = run.step()) {
    const double slower = 1 + 0.1 * std::sin(static_cast<double>(settled) / 700);
    now += microseconds(std::llround(1e6 / kRate * slower * draw.lognormal(1, 0.5)));
    forecast.saw(*task);
    if (++settled % kCommit == 0 || settled == asked_at) forecast.counted(run.counts(), now);
    if (settled != asked_at) continue;
    asked = now;
    if (const auto growth = forecast.growth()) seen.left = time_left(*growth, {forecast.pace(now), {}, {}});
  }
  seen.truth = std::chrono::ceil<milliseconds>(now - asked);
  return seen;
}

Judged judged(const TreeShape& shape, int earlier_runs, double share, double within) {
  Judged judged;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Draw draw(seed);
    const auto tree = shape.grow(draw);
    History history;
    for (int i = 0; i < earlier_runs; ++i) history.runs.push_back(totals_of(changed(tree, draw, 0.03)));
    const auto seen = foreseen(tree, history, share, draw);
    judged.add(seen.left, seen.truth, within);
  }
  return judged;
}

Judged judge_all(const std::string& name, int earlier_runs, double share, double within) {
  Judged all;
  std::string table;
  for (const auto& shape : tree_shapes()) {
    const auto one = judged(shape, earlier_runs, share, within);
    table += fmt::format("  {:30} in band {:2}, near {:2} of {}, widest band 1:{:.1f}\n", shape.name,
                         one.in_band, one.near, one.all, one.widest);
    all.add(one);
  }
  fmt::print("{}: in the band {:.1f} %, within {:.0f} % {:.1f} %\n{}", name, 100.0 * all.in_band / all.all,
             100 * within, 100.0 * all.near / all.all, table);
  return all;
}

TEST(ForecastError, AfterATenthOfTheCalls) {
  const auto all = judge_all("after a tenth", 0, 0.1, 0.25);
  EXPECT_GE(all.in_band * 10, all.all * 8);
  EXPECT_GE(all.near * 10, all.all * 8);
}

TEST(ForecastError, AfterATenthWithOneEarlierRun) {
  const auto all = judge_all("after a tenth, with one earlier run", 1, 0.1, 0.10);
  EXPECT_GE(all.in_band * 10, all.all * 8);
  EXPECT_GE(all.near * 10, all.all * 8);
}

TEST(ForecastError, HalfWayAndNearTheEnd) {
  EXPECT_GE(judge_all("after a half", 0, 0.5, 0.25).in_band * 10, kSeeds * 20 * 8);
  EXPECT_GE(judge_all("after nine tenths", 0, 0.9, 0.25).in_band * 10, kSeeds * 20 * 8);
}

TEST(ForecastError, TheDemosOwnForecast) {
  const auto& shapes = tree_shapes();
  const auto demo = std::ranges::find(shapes, "the demo's", &TreeShape::name);
  for (const double share : {0.1, 0.3, 0.6, 0.9}) {
    const auto one = judged(*demo, 0, share, 0.25);
    EXPECT_GE(one.in_band + 1, one.all) << share;
    EXPECT_EQ(one.near, one.all) << share;
  }
}

}  // namespace
}  // namespace fanout
