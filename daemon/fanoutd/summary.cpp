#include "daemon/fanoutd/summary.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/units.h"
#include "daemon/layout.h"
#include "daemon/skipped_levels.h"

namespace fanout {
namespace {

std::string levels_of(Database& database, std::int64_t run) {
  Statement statement(database,
                      "SELECT level, done, skipped, dead, left_out + where_failed, where_failed FROM tally"
                      " WHERE run = ?1 ORDER BY depth, level");
  statement.bind(run);
  std::vector<std::vector<std::string>> rows;
  std::string failures;
  while (statement.step()) {
    rows.push_back({"  " + std::string(statement.text(0)), grouped(statement.integer(1)),
                    grouped(statement.integer(2)), grouped(statement.integer(3)),
                    grouped(statement.integer(4))});
    if (statement.integer(5) > 0) {
      failures += fmt::format("  where of level {} failed on {} of the items that it left out\n",
                              statement.text(0), grouped(statement.integer(5)));
    }
  }
  std::string text;
  for (const auto& line :
       table_lines({{"  level"}, {"done", true}, {"skipped", true}, {"dead", true}, {"items left out", true}},
                   rows)) {
    text += line + "\n";
  }
  for (const auto& line : skipped_levels(database, run)) text += "  " + line + "\n";
  return text + failures;
}

}  // namespace

// Whole paths: the words are copied from a log and used in another folder.
std::string same_place(const Options& options) {
  const auto whole = [](const std::filesystem::path& path) {
    return std::filesystem::absolute(path).lexically_normal().string();
  };
  std::string words;
  if (options.config != kDefaultConfig) words += " --config " + whole(options.config);
  if (!options.state_dir.empty()) words += " --state-dir " + whole(options.state_dir);
  return words;
}

std::vector<std::string> paused_lines(const std::vector<LimiterRow>& rows, const Options& options) {
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    if (!row.paused) continue;
    lines.push_back(fmt::format("{} is paused, so nothing of it is asked; to go on: fanoutctl{} resume {}",
                                row.subject, same_place(options),
                                row.subject.substr(row.subject.find('/') + 1)));
  }
  return lines;
}

std::string summary_of(Database& database, const Config& config, const Options& options, WallTime since) {
  Statement ended(
      database,
      "SELECT r.id, r.pipeline, p.state, r.finished_at - r.started_at, coalesce(p.dead, 0), p.blocked"
      " FROM run r JOIN progress p ON p.run = r.id WHERE r.finished_at >= ?1 ORDER BY r.id");
  ended.bind(unix_ms(since));
  std::string text, resume;
  std::int64_t dead = 0;
  while (ended.step()) {
    if (ended.text(2) == "failed")
      resume += fmt::format("run {0} can go on: fanoutctl{1} resume run/{0}, and fanoutd{1} --once again\n",
                            ended.integer(0), same_place(options));
    text += fmt::format("{}, run {}: {} after {}{}\n", ended.text(1), ended.integer(0), ended.text(2),
                        format_duration(milliseconds(ended.integer(3))),
                        ended.text(2) == "failed" ? ": " + std::string(ended.text(5)) : "");
    text += levels_of(database, ended.integer(0));
    dead += ended.integer(4);
  }
  const auto out = config.state_dir / "out";
  if (std::filesystem::exists(out)) text += fmt::format("outputs: {}\n", out.string());
  if (dead > 0) {
    text += fmt::format("dead letters: {}; look with: fanoutctl{} dead list\n", grouped(dead),
                        same_place(options));
  }
  return text + resume;
}

}  // namespace fanout
