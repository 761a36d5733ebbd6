// What people are told of the engine: how far each run is, why it does not move, and all of it in one line.
#include <fmt/format.h>

#include "base/units.h"
#include "harvest/engine.h"

namespace fanout {

std::vector<RunProgress> Engine::progress() const {
  std::vector<RunProgress> all;
  for (const auto& [id, run] : runs_) {
    const auto now = on_.clock.mono();
    all.push_back({run.run,
                   run.tallies,
                   run.forecast.rate(now),
                   run.counted ? run.forecast.left(run.open(), now) : std::nullopt,
                   why_blocked(run),
                   {}});
    const auto pipeline = config_->pipelines.find(run.run.pipeline);
    if (all.back().blocked.empty() || pipeline == config_->pipelines.end()) continue;
    const auto next = gates_.at(pipeline->second.vendor)->limiter().next(now);
    if (next > now && next != MonoTime::max())
      all.back().opens_in = std::chrono::ceil<milliseconds>(next - now);
  }
  return all;
}

std::string Engine::why_blocked(const ActiveRun& run) const {
  if (!must_wait_.empty()) return must_wait_;
  const auto pipeline = config_->pipelines.find(run.run.pipeline);
  if (pipeline == config_->pipelines.end()) {
    return fmt::format("pipeline {} is not in the configuration", run.run.pipeline);
  }
  if (paused_pipelines_.contains(run.run.pipeline)) return "paused";
  return gates_.at(pipeline->second.vendor)->why(on_.clock.mono());
}

std::string Engine::status() const {
  if (!must_wait_.empty()) return must_wait_;
  if (runs_.empty()) {
    const auto next = agenda_.next();
    return next ? "idle; the next run is due " + format_utc(*next) : "idle";
  }
  std::string line;
  for (const auto& progress : this->progress()) {
    std::int64_t settled = 0, expected = 0;
    for (const auto& tally : progress.tallies) {
      settled += tally.expected() - tally.open();
      expected += tally.expected();
    }
    line += fmt::format("{}{}: {} of {}", line.empty() ? "" : "; ", progress.run.pipeline, settled, expected);
    if (!progress.blocked.empty()) {
      line += ", " + blocked_text(progress);
    } else if (progress.left) {
      line += ", " + format_duration(*progress.left) + " left";
    }
  }
  return line;
}

}  // namespace fanout
