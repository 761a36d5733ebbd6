#include "daemon/fanoutctl/planning.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/wording.h"
#include "config/load.h"
#include "daemon/fanoutctl/plan.h"
#include "harvest/prospect.h"
#include "harvest/time_needed.h"
#include "store/sqlite/runs.h"

namespace fanout {
namespace {

EarlierRun levels_of(const Database& database, std::int64_t run) {
  EarlierRun levels;
  Statement statement(database, "SELECT level, done + skipped + dead FROM tally WHERE run = ?1");
  statement.bind(run);
  while (statement.step()) levels.push_back({std::string(statement.text(0)), statement.integer(1)});
  return levels;
}

std::vector<PastRun> past_runs(const Database& database, const std::string& pipeline) {
  std::vector<PastRun> runs;
  Statement statement(
      database,
      fmt::format(
          "SELECT r.id, r.finished_at - r.started_at, (SELECT total(committed) FROM part WHERE run = r.id),"
          " (SELECT count(*) FROM part WHERE run = r.id),"
          " (SELECT count(*) FROM answer_path WHERE run = r.id)"
          " FROM ({}) e CROSS JOIN run r ON r.id = e.id ORDER BY r.id DESC",
          kEarlierRuns));
  statement.bind(pipeline, std::numeric_limits<std::int64_t>::max());
  while (statement.step()) {
    runs.push_back({levels_of(database, statement.integer(0)), milliseconds(statement.integer(1)),
                    static_cast<std::int64_t>(statement.real(2)), statement.integer(3), statement.integer(4),
                    statement.integer(0)});
  }
  return runs;
}

// A complete run after it says more.
std::optional<PastSample> sample_after(const Database& database, const std::string& pipeline,
                                       std::int64_t run) {
  Statement statement(database,
                      "SELECT requests, taken_at, seen, failed FROM sample WHERE pipeline = ?1 AND run > ?2");
  statement.bind(pipeline, run);
  if (!statement.step()) return std::nullopt;
  return PastSample{static_cast<int>(statement.integer(0)), from_unix_ms(statement.integer(1)),
                    std::string(statement.text(2)), std::string(statement.text(3))};
}

Config configuration(const Words& words) {
  auto loaded = load_config(words.config);
  if (const auto* errors = std::get_if<ConfigErrors>(&loaded)) {
    throw Error(
        errors->front().text(),
        fmt::format("a plan needs the configuration: see all that is wrong with fanoutd --config {} --check",
                    words.config.string()),
        Exit::bad_configuration);
  }
  return std::get<Config>(std::move(loaded));
}

double others_a_day(const Database& database, const Config& config, const PipelineSpec& pipeline,
                    WallTime now) {
  double cost = 0;
  for (const auto& [name, other] : config.pipelines) {
    if (name == pipeline.name || other.vendor != pipeline.vendor || !other.schedule) continue;
    const auto past = past_runs(database, name);
    if (!past.empty()) cost += runs_a_day(*other.schedule, now) * cost_of(past.front().levels, other);
  }
  return cost;
}

}  // namespace

std::string planned(Database& database, const Words& words, WallTime now) {
  const auto config = configuration(words);
  const auto found = config.pipelines.find(words.pipeline);
  if (found == config.pipelines.end()) {
    std::vector<std::string> names;
    for (const auto& [name, pipeline] : config.pipelines) names.push_back(name);
    throw Error(fmt::format("there is no pipeline {}", in_quotes(words.pipeline)),
                did_you_mean(words.pipeline, names));
  }
  const auto& pipeline = found->second;
  auto vendor = config.vendors.at(pipeline.vendor);
  assume(words.assumed, vendor);
  auto past = past_runs(database, pipeline.name);
  auto sample = sample_after(database, pipeline.name, past.empty() ? 0 : past.front().run);
  const PlanFor asked{pipeline,
                      vendor,
                      std::move(past),
                      others_a_day(database, config, pipeline, now),
                      !words.assumed.empty(),
                      now,
                      std::move(sample)};
  const auto next = next_run(asked);
  if (words.sample > 0 && !next) {
    auto why = text_of(next, asked);
    why.pop_back();
    throw Error(why, "");
  }
  return words.json ? json_of(next, asked).dump(2) + "\n" : text_of(next, asked);
}

}  // namespace fanout
