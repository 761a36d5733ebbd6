#include "store/sqlite/runs.h"

#include <fmt/format.h>

namespace fanout {
namespace {

constexpr const char* kColumns =
    "id, pipeline, state, cause, scheduled_for, started_at, since, reopened, stopped, seen";

// One row's worth of numbers, each of which may be nothing.
using Number = std::optional<std::int64_t>;

Band<Number> numbers(const std::optional<Band<std::int64_t>>& calls) {
  return calls ? Band<Number>{calls->low, calls->median, calls->high} : Band<Number>{};
}

Band<Number> numbers(const std::optional<Band<WallTime>>& eta) {
  return eta ? Band<Number>{unix_ms(eta->low), unix_ms(eta->median), unix_ms(eta->high)} : Band<Number>{};
}

// Of run ?1, which ends at ?2 if none of its tasks is in these states; nothing is foreseen of it any more.
std::string end_of(const char* becomes, const char* none) {
  return fmt::format(
      "UPDATE run SET {}, finished_at = ?2, blocked = '', outlook = '', seen = '', eta_at = NULL, eta_low_at "
      "= NULL, "
      "eta_high_at = NULL, calls = NULL, calls_low = NULL, calls_high = NULL WHERE id = ?1 AND finished_at "
      "IS NULL "
      "AND NOT EXISTS (SELECT 1 FROM tally WHERE run = ?1 AND {} > 0)",
      becomes, none);
}

}  // namespace

const char* run_state_name(RunState state) {
  switch (state) {
    case RunState::running:
      return "running";
    case RunState::finished:
      return "finished";
    case RunState::cancelled:
      return "cancelled";
  }
  return "running";
}

Runs::Runs(Database& database, Queue& queue)
    : database_(database),
      queue_(queue),
      start_(database,
             "INSERT INTO run (id, pipeline, cause, scheduled_for, started_at, since) "
             "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
      next_number_(database,
                   "UPDATE counter SET value = max(value, ifnull((SELECT max(id) FROM run), 0)) + 1 "
                   "WHERE name = 'run' RETURNING value"),
      finish_(database,
              end_of("state = iif(state = 'cancelled' OR cause = 'sample', 'cancelled', 'finished'), "
                     "forgotten = (cause = 'sample')",
                     "waiting + ready + leased")),
      cancel_(database,
              "UPDATE run SET state = 'cancelled', stopped = '' WHERE id = ?1 AND state = 'running'"),
      stop_(database, end_of("state = 'cancelled', stopped = ?3", "leased")),
      resume_(database,
              "UPDATE run SET state = 'running', finished_at = NULL, reopened = 1 WHERE id = ?1 AND "
              "stopped <> '' AND state = 'cancelled' AND finished_at IS NOT NULL AND forgotten = 0"),
      note_(
          database,
          "UPDATE run SET rate = ?2, blocked = ?3, outlook = ?4, noted_at = ?5, calls_low = ?6, calls = ?7, "
          "calls_high = ?8, eta_low_at = ?9, eta_at = ?10, eta_high_at = ?11 WHERE id = ?1"),
      keep_(database,
            "INSERT INTO forecast (run, at, settled, open, calls_low, calls, calls_high, eta_low, eta, "
            "eta_high) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING"),
      keep_seen_(database, "UPDATE run SET seen = ?2 WHERE id = ?1"),
      keep_sample_(database,
                   "INSERT INTO sample (pipeline, run, taken_at, requests, seen, failed) "
                   "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET "
                   "run = ?2, taken_at = ?3, requests = ?4, seen = ?5, failed = ?6"),
      earlier_(
          database,
          fmt::format("SELECT r.id, t.level, t.waiting + t.ready + t.leased + t.done + t.skipped + t.dead "
                      "FROM ({}) r CROSS JOIN tally t ON t.run = r.id ORDER BY r.id DESC",
                      kEarlierRuns)),
      open_(database,
            fmt::format("SELECT {} FROM run INDEXED BY run_open WHERE finished_at IS NULL ORDER BY id",
                        kColumns)),
      since_(
          database,
          "SELECT started_at FROM run WHERE pipeline = ?1 AND state = 'finished' ORDER BY id DESC LIMIT 1"),
      still_open_(
          database,
          "SELECT id FROM run INDEXED BY run_one_open WHERE pipeline = ?1 AND finished_at IS NULL AND "
          "state = 'running' AND reopened = 0"),
      latest_end_(database,
                  "SELECT max(finished_at) FROM (SELECT finished_at FROM run ORDER BY id DESC LIMIT 100)") {}

std::variant<Run, NotBegun> Runs::start(const NewRun& wanted, WallTime now) {
  Run run = wanted.run;
  if (still_open_.bind(run.pipeline).step()) {
    const NotBegun not_begun{run.pipeline, still_open_.integer(0)};
    still_open_.reset();
    return not_begun;
  }
  still_open_.reset();
  if (since_.bind(run.pipeline).step()) run.since = from_unix_ms(since_.integer(0));
  since_.reset();
  next_number_.bind().step();
  run.id = next_number_.integer(0);
  next_number_.reset();
  start_
      .bind(run.id, run.pipeline, run.cause, unix_ms(run.scheduled_for), unix_ms(run.started_at),
            unix_ms(run.since))
      .run();
  for (const auto& seed : wanted.seeds) queue_.add(run.id, seed, now);
  run.earlier = earlier_than(run);
  return run;
}

bool Runs::finish(std::int64_t run, WallTime now) {
  finish_.bind(run, unix_ms(now)).run();
  return database_.changes() > 0;
}

void Runs::cancel(std::int64_t run, WallTime now) {
  cancel_.bind(run).run();
  queue_.cancel_some(run, now);
}

bool Runs::stop(const StopRun& stop, WallTime now) {
  stop_.bind(stop.run, unix_ms(now), stop.why).run();
  return database_.changes() > 0;
}

bool Runs::resume(std::int64_t run) {
  resume_.bind(run).run();
  return database_.changes() > 0;
}

void Runs::note(const RunNote& note, WallTime now) {
  const auto calls = numbers(note.foreseen.calls), eta = numbers(note.foreseen.eta);
  note_
      .bind(note.run, note.rate, note.blocked, note.outlook, unix_ms(now), calls.low, calls.median,
            calls.high, eta.low, eta.median, eta.high)
      .run();
  if (!note.keep) return;
  keep_
      .bind(note.run, unix_ms(now), note.keep->settled, note.keep->open, calls.low, calls.median, calls.high,
            eta.low, eta.median, eta.high)
      .run();
  keep_seen_.bind(note.run, note.keep->seen).run();
}

void Runs::keep(const TakenSample& sample, WallTime now) {
  keep_sample_.bind(sample.pipeline, sample.run, unix_ms(now), sample.requests, sample.seen, sample.failed)
      .run();
}

std::vector<EarlierRun> Runs::earlier_than(const Run& run) {
  std::vector<EarlierRun> earlier;
  std::int64_t id = 0;
  earlier_.bind(run.pipeline, run.id);
  while (earlier_.step()) {
    if (earlier_.integer(0) != id) earlier.emplace_back();
    id = earlier_.integer(0);
    earlier.back().push_back({std::string(earlier_.text(1)), earlier_.integer(2)});
  }
  earlier_.reset();
  return earlier;
}

std::vector<Run> Runs::read(Statement& statement) {
  std::vector<Run> runs;
  while (statement.step()) {
    const auto state = statement.text(2);
    runs.push_back({statement.integer(0),
                    std::string(statement.text(1)),
                    state == "running"    ? RunState::running
                    : state == "finished" ? RunState::finished
                                          : RunState::cancelled,
                    std::string(statement.text(3)),
                    from_unix_ms(statement.integer(4)),
                    from_unix_ms(statement.integer(5)),
                    from_unix_ms(statement.integer(6)),
                    statement.integer(7) != 0,
                    !statement.text(8).empty(),
                    std::string(statement.text(9)),
                    {}});
  }
  statement.reset();
  return runs;
}

std::vector<Run> Runs::open() {
  auto runs = read(open_.bind());
  for (auto& run : runs) run.earlier = earlier_than(run);
  return runs;
}

std::optional<WallTime> Runs::latest_end() {
  latest_end_.bind().step();
  const auto at = latest_end_.integer(0);  // NULL is 0
  latest_end_.reset();
  return at > 0 ? std::optional(from_unix_ms(at)) : std::nullopt;
}

}  // namespace fanout
