#include "store/sqlite/forgetting.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace fanout {
namespace {

// So many at once, so that no single transaction grows with the queue.
constexpr int kAtOnce = 500;

// In run.forgotten
constexpr int kBegun = 1;
constexpr int kOnlyDeadLettersLeft = 2;

std::optional<std::int64_t> number_in(Statement& statement) {
  std::optional<std::int64_t> number;
  if (statement.step()) number = statement.integer(0);
  statement.reset();
  return number;
}

}  // namespace

Forgetting::Forgetting(Database& database, Queue& queue)
    : database_(database),
      queue_(queue),
      begun_(database, "SELECT id FROM run INDEXED BY run_forgotten WHERE forgotten <> 0 AND forgotten = 1"),
      hollow_(database,
              "SELECT id FROM run INDEXED BY run_forgotten WHERE forgotten <> 0 AND forgotten = 2 AND NOT "
              "EXISTS (SELECT 1 FROM dead_letter d WHERE d.run = run.id) LIMIT 1"),
      // A pipeline's last run and its last complete one stay: schedules and {run.since} go by them.
      oldest_(database,
              "SELECT r.id FROM run r WHERE r.finished_at < ?1 AND r.forgotten = 0 "
              "AND EXISTS (SELECT 1 FROM run l WHERE l.pipeline = r.pipeline AND l.id > r.id) "
              "AND (r.state <> 'finished' OR EXISTS "
              "(SELECT 1 FROM run l WHERE l.pipeline = r.pipeline AND l.id > r.id AND l.state = 'finished')) "
              "ORDER BY r.id LIMIT 1"),
      left_behind_(
          database,
          "SELECT run FROM tally WHERE NOT EXISTS (SELECT 1 FROM run r WHERE r.id = tally.run) LIMIT 1"),
      mark_(database, "UPDATE run SET forgotten = ?2 WHERE id = ?1"),
      tasks_(database, fmt::format("SELECT id, depth, state, level, scope, key, page FROM task "
                                   "INDEXED BY task_identity WHERE run = ?1 "
                                   "AND (level, scope, key, page) > (?2, ?3, ?4, ?5) "
                                   "ORDER BY level, scope, key, page LIMIT {}",
                                   kAtOnce)),
      dead_letters_(database,
                    fmt::format("SELECT t.id, t.run, t.level, t.depth, t.state "
                                "FROM run r INDEXED BY run_forgotten "
                                "CROSS JOIN dead_letter d INDEXED BY dead_letter_by_age ON d.run = r.id AND "
                                "d.died_at < ?1 CROSS JOIN task t NOT INDEXED ON t.id = d.task "
                                "WHERE r.forgotten <> 0 AND r.forgotten = 2 LIMIT {}",
                                kAtOnce)) {}

bool Forgetting::some(const Bygone& before, std::vector<DeadGone>& dead_gone) {
  if (const auto run = number_in(begun_.bind())) {
    if (!some_rows_beside(*run) && !some_tasks(*run, false)) mark_.bind(*run, kOnlyDeadLettersLeft).run();
    return true;
  }
  if (some_dead_letters(before.dead, dead_gone)) return true;
  if (const auto run = number_in(hollow_.bind())) {
    if (!some_tasks(*run, true)) last_rows(*run);
    return true;
  }
  if (const auto run = number_in(oldest_.bind(unix_ms(before.runs)))) {
    mark_.bind(*run, kBegun).run();
    return true;
  }
  // What is left behind by somebody who deleted the row of a run comes after all others.
  if (const auto run = number_in(left_behind_.bind())) {
    if (!some_rows_beside(*run) && !some_tasks(*run, true)) last_rows(*run);
    return true;
  }
  return false;
}

// Looks at some, from where it was, so that dead ones which stay are not looked at again and again. False if
// there were none.
bool Forgetting::some_tasks(std::int64_t run, bool dead_ones_too) {
  if (walk_.run != run) {
    const auto lowest = std::numeric_limits<std::int64_t>::min();
    walk_ = {run, {}, lowest, {}, lowest};
  }
  std::vector<KnownTask> tasks;
  Walk to = walk_;
  tasks_.bind(run, walk_.level, walk_.scope, walk_.key, walk_.page);
  while (tasks_.step()) {
    to = {run, std::string(tasks_.text(3)), tasks_.integer(4), std::string(tasks_.text(5)),
          tasks_.integer(6)};
    tasks.push_back(
        {tasks_.integer(0), run, to.level, static_cast<int>(tasks_.integer(1)), state_of(tasks_.text(2))});
  }
  tasks_.reset();
  for (const auto& task : tasks) {
    if (dead_ones_too || task.state != State::dead) queue_.forget(task);
  }
  walk_ = tasks.empty() ? Walk{} : std::move(to);
  return !tasks.empty();
}

bool Forgetting::some_rows_beside(std::int64_t run) {
  Statement paths(database_, fmt::format("DELETE FROM answer_path WHERE run = ?1 AND path IN "
                                         "(SELECT path FROM answer_path WHERE run = ?1 LIMIT {})",
                                         kAtOnce));
  paths.bind(run).run();
  if (database_.changes() > 0) return true;
  std::int64_t gone = 0;
  for (const std::string table : {"part", "forecast"}) {
    Statement(database_, fmt::format("DELETE FROM {} WHERE run = ?1", table)).bind(run).run();
    gone += database_.changes();
  }
  return gone > 0;
}

bool Forgetting::some_dead_letters(WallTime before, std::vector<DeadGone>& dead_gone) {
  std::vector<KnownTask> tasks;
  dead_letters_.bind(unix_ms(before));
  while (dead_letters_.step()) {
    tasks.push_back({dead_letters_.integer(0), dead_letters_.integer(1), std::string(dead_letters_.text(2)),
                     static_cast<int>(dead_letters_.integer(3)), state_of(dead_letters_.text(4))});
  }
  dead_letters_.reset();
  for (const auto& task : tasks) {
    queue_.forget(task);
    const auto found = std::ranges::find(dead_gone, task.run, &DeadGone::run);
    ++(found != dead_gone.end() ? *found : dead_gone.emplace_back(DeadGone{task.run, 0})).count;
  }
  return !tasks.empty();
}

void Forgetting::last_rows(std::int64_t run) {
  for (const std::string rest : {"dead_letter WHERE run", "tally WHERE run", "run WHERE id"}) {
    Statement(database_, fmt::format("DELETE FROM {} = ?1", rest)).bind(run).run();
  }
}

}  // namespace fanout
