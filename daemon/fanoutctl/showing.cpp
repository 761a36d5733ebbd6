#include "daemon/fanoutctl/showing.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/units.h"
#include "daemon/fanoutctl/planning.h"
#include "daemon/fanoutctl/rows.h"
#include "daemon/fanoutctl/waiting.h"
#include "daemon/layout.h"
#include "daemon/live_lines.h"
#include "daemon/skipped_levels.h"
#include "forecast/wording.h"
#include "store/state_lock.h"

namespace fanout {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::size_t width() { return terminal_width(STDOUT_FILENO); }

// Replaces a number of seconds by what people say.
void say_duration(Row& row, const std::string& column) {
  if (row.at(column).is_number())
    row[column] = format_duration(milliseconds(std::llround(row[column].get<double>() * 1000)));
}

constexpr const char* kNoRuns = "no runs yet; start one with: fanoutctl start PIPELINE\n";

// ---- status

constexpr const char* kLatestRuns =
    "SELECT p.run, p.pipeline, p.state, p.started, p.finished, p.expected, p.settled, p.dead, p.calls,"
    " p.calls_low, p.calls_high, p.rate, p.eta, p.eta_low, p.eta_high,"
    " CASE WHEN p.eta IS NOT NULL AND r.eta_at > ?1 THEN (r.eta_at - ?1) / 1000 END AS seconds_left,"
    " CASE WHEN p.eta IS NOT NULL THEN max(r.eta_low_at - ?1, 0) / 1000 END AS seconds_left_low,"
    " CASE WHEN p.eta IS NOT NULL THEN max(r.eta_high_at - ?1, 0) / 1000 END AS seconds_left_high,"
    " p.blocked, p.outlook"
    " FROM progress p JOIN run r ON r.id = p.run"
    " WHERE p.finished IS NULL OR p.run = (SELECT max(l.id) FROM run l"
    "   WHERE l.pipeline = p.pipeline AND l.forgotten = 0)"
    " ORDER BY p.run";

// Without a daemon nothing comes nearer: no time is left to count.
std::string progress_line(const Row& run, bool is_running) {
  auto line = fmt::format("{}, run {}: {}, {} of {}", cell(run, "pipeline"), cell(run, "run"),
                          cell(run, "state"), cell(run, "settled"), cell(run, "expected"));
  if (run["dead"].is_number() && run["dead"] > 0) line += fmt::format(", {} dead", cell(run, "dead"));
  if (!run["finished"].is_null()) {
    line += fmt::format(", ended {} UTC", cell(run, "finished"));
    return run["state"] == "failed" ? fmt::format("{}: {}; to go on: fanoutctl resume run/{}", line,
                                                  one_line(cell(run, "blocked")), cell(run, "run"))
                                    : line;
  }
  if (!is_running) return line + "; it goes on when a daemon runs";
  line += fmt::format(", {}/s", cell(run, "rate"));
  const auto blocked = cell(run, "blocked");
  if (!blocked.empty()) line += "; " + one_line(blocked);
  std::optional<TimeLeft> left;
  if (run["seconds_left"].is_number()) {
    const auto of = [&](const char* column) { return seconds(run[column].get<std::int64_t>()); };
    left = TimeLeft{of("seconds_left_low"), of("seconds_left"), of("seconds_left_high")};
  }
  if (left || blocked.empty()) line += (blocked.empty() ? ", " : "; ") + left_text(left);
  const auto outlook = cell(run, "outlook");
  return outlook.empty() ? line : line + "; " + one_line(outlook);
}

// When each schedule is next due. Nothing where the configuration cannot be read, or is not about this place.
Rows next_due(const Words& words, WallTime now) {
  Rows rows;
  const auto config = configuration_of(words);
  if (!config) return rows;
  for (const auto& [name, pipeline] : config->pipelines) {
    if (!pipeline.schedule) continue;
    const auto due = pipeline.schedule->next_after(now);
    rows.push_back({{"pipeline", name},
                    {"schedule", pipeline.schedule->cron()},
                    {"timezone", pipeline.schedule->zone()},
                    {"next", due ? Json(format_utc(*due)) : Json(nullptr)}});
  }
  return rows;
}

std::string held_line(const Row& row) {
  const auto why = one_line(cell(row, "why"));
  if (row["what"] == "fanoutd") return "note: " + why + "\n";
  // Its moment has come; whoever waits for it has not been told yet.
  if (row["seconds_left"] == 0) {
    return fmt::format("{} was held until {} UTC: {}\n", cell(row, "what"), cell(row, "until"), why);
  }
  if (!row["seconds_left"].is_number()) return fmt::format("{} is held: {}\n", cell(row, "what"), why);
  return fmt::format("{} is held: {}, until {} UTC (in {})\n", cell(row, "what"), why, cell(row, "until"),
                     format_duration(seconds(row["seconds_left"].get<std::int64_t>())));
}

std::string status(Database& database, const Words& words, WallTime now) {
  const auto holder = StateLock::holder(database.path().parent_path());
  auto runs = rows_of(database, kLatestRuns, unix_ms(now));
  for (auto& run : runs) {
    if (holder) continue;
    for (const auto* column : {"seconds_left", "seconds_left_low", "seconds_left_high"})
      run[column] = nullptr;
  }
  auto queue =
      rows_of(database,
              "SELECT pipeline, run, level, ready, waiting, leased, done, skipped, dead, left_out, oldest,"
              " max(?1 / 1000 - unixepoch(oldest), 0) AS oldest_seconds FROM queue",
              unix_ms(now));
  const auto held = rows_of(database, "SELECT what, why, until, seconds_left FROM stuck WHERE run IS NULL");
  const auto due = next_due(words, now);
  if (words.json) {
    return text_of({{"daemon", holder ? Json(*holder) : Json(nullptr)},
                    {"runs", json_of(runs)},
                    {"queue", json_of(queue)},
                    {"held", json_of(held)},
                    {"schedules", json_of(due)}});
  }
  auto text = holder ? fmt::format("fanoutd runs: {}\n", *holder)
                     : fmt::format("no daemon runs on {}\n", database.path().parent_path().string());
  for (const auto& row : held) {
    if (row["what"] == "fanoutd") text += held_line(row);
  }
  for (const auto& row : due) {
    text += fmt::format("{}: {} in {}, next due {}\n", cell(row, "pipeline"), cell(row, "schedule"),
                        cell(row, "timezone"),
                        row["next"].is_null() ? "not within five years" : cell(row, "next"));
  }
  if (runs.empty()) return text + kNoRuns;
  for (const auto& run : runs) {
    const auto line = progress_line(run, holder.has_value());
    text += (width() > 0 ? fit(line, width()) : line) + "\n";
    const bool goes = holder && run["finished"].is_null() && cell(run, "blocked").empty();
    if (const auto waits = goes ? waiting_text(database, run["run"].get<std::int64_t>()) : ""; !waits.empty())
      text += "  " + waits + "\n";
    for (const auto& skipped : skipped_levels(database, run["run"].get<std::int64_t>()))
      text += "  " + skipped + "\n";
  }
  for (const auto& row : held) {
    if (row["what"] != "fanoutd") text += held_line(row);
  }
  for (auto& row : queue) {
    row["left out"] = row["left_out"];
    row["oldest ready"] = row["oldest_seconds"];
    say_duration(row, "oldest ready");
  }
  return text + "\n" +
         table_of(queue,
                  {"pipeline", "run", "level", "ready", "waiting", "leased", "done", "skipped", "dead",
                   "left out", "oldest ready"},
                  width());
}

// ---- runs and stuck

std::string runs(Database& database, const Words& words) {
  auto rows = rows_of(database,
                      "SELECT p.run, p.pipeline, p.state, p.cause, p.started, p.finished,"
                      " (r.finished_at - r.started_at) / 1000.0 AS took, p.expected, p.settled, p.dead, "
                      "p.calls, p.rate, p.eta,"
                      " p.eta_low, p.eta_high, p.blocked, p.outlook FROM progress p JOIN run r ON r.id = "
                      "p.run ORDER BY p.run DESC LIMIT ?1",
                      words.limit);
  if (words.json) return text_of(json_of(rows));
  if (rows.empty()) return kNoRuns;
  for (auto& row : rows) {
    say_duration(row, "took");
    if (!row["finished"].is_null()) row["rate"] = nullptr;
  }
  return table_of(rows,
                  {"run", "pipeline", "state", "cause", "started", "took", "expected", "settled", "dead",
                   "calls", "rate", "eta", "blocked"},
                  width());
}

std::string stuck(Database& database, const Words& words) {
  auto rows = rows_of(database, "SELECT * FROM stuck LIMIT ?1", words.limit);
  if (words.json) return text_of(json_of(rows));
  const bool is_running = StateLock::holder(database.path().parent_path()).has_value();
  if (rows.empty())
    return is_running ? "nothing is stuck\n" : "nothing is stuck, but for the daemon, which does not run\n";
  for (auto& row : rows) {
    row["left"] = row["seconds_left"];
    if (row["left"] == 0) {
      row["left"] = "none";
    } else {
      say_duration(row, "left");
    }
  }
  auto text = table_of(rows, {"what", "run", "level", "task", "until", "left", "why"}, width());
  if (std::ssize(rows) == words.limit) text += "there may be more; see them with --limit N\n";
  return text;
}

// ---- dead letters

// Text of ours that holds JSON; as it is where somebody has changed it.
void parse(Row& row, const std::string& column) {
  auto parsed = Json::parse(cell(row, column), nullptr, false);
  if (!parsed.is_discarded()) row[column] = std::move(parsed);
}

std::string dead_list(Database& database, const Words& words) {
  auto rows =
      rows_of(database,
              "SELECT task, pipeline, run, level, died, status, attempts, request, parents, reason FROM dead"
              " WHERE (?1 = 0 OR run = ?1) AND (?2 = '' OR pipeline = ?2) ORDER BY task DESC LIMIT ?3",
              words.run, words.pipeline, words.limit);
  for (auto& row : rows) parse(row, "parents");
  if (words.json) return text_of(json_of(rows));
  if (rows.empty()) return "no dead letters\n";
  for (auto& row : rows) {
    if (row["status"] == 0) row["status"] = nullptr;
  }
  auto text =
      table_of(rows, {"task", "pipeline", "run", "level", "died", "status", "attempts", "reason"}, width());
  if (std::ssize(rows) == words.limit) text += "there may be more; see them with --limit N\n";
  return text + "look closer: fanoutctl dead show TASK; put back to work: fanoutctl dead redrive TASK\n";
}

std::string dead_show(Database& database, const Words& words) {
  auto rows =
      rows_of(database,
              "SELECT task, pipeline, run, level, died, status, reason, request, parents, attempts FROM dead"
              " WHERE task = ?1",
              words.task);
  if (rows.empty()) {
    throw Error(fmt::format("task {} is no dead letter", words.task),
                "see which there are: fanoutctl dead list");
  }
  auto& letter = rows.front();
  parse(letter, "parents");
  const auto errors =
      rows_of(database,
              "SELECT strftime('%Y-%m-%d %H:%M:%S', at / 1000, 'unixepoch') AS at, number AS attempt,"
              " status, what FROM attempt WHERE task = ?1 ORDER BY attempt.at, number",
              words.task);
  if (words.json) {
    letter["errors"] = json_of(errors);
    return text_of(letter);
  }
  std::string text;
  for (const auto* column :
       {"task", "pipeline", "run", "level", "died", "status", "reason", "request", "attempts"}) {
    text += fmt::format("{:<9} {}\n", column, one_line(cell(letter, column)));
  }
  text += "ancestors";
  if (letter["parents"].is_object() && !letter["parents"].empty()) {
    for (const auto& [level, fields] : letter["parents"].items()) {
      text += fmt::format("\n  {:<7} {}", level, fields.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    text += "\n";
  } else {
    text += " none\n";
  }
  return text + "errors\n" +
         (errors.empty() ? "  none\n" : table_of(errors, {"at", "attempt", "status", "what"}, 0));
}

}  // namespace

std::string shown(Database& database, const Words& words, WallTime now) {
  if (words.verb == "plan") return planned(database, words, now);
  if (words.verb == "runs") return runs(database, words);
  if (words.verb == "stuck") return stuck(database, words);
  if (words.verb == "dead list") return dead_list(database, words);
  if (words.verb == "dead show") return dead_show(database, words);
  return status(database, words, now);
}

}  // namespace fanout
