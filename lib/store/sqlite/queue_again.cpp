// How tasks come back to work: after a crash, and by the operator's order.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "store/sqlite/queue.h"

namespace fanout {
namespace {

constexpr int kHarmlessCrashes = 2;  // after these a task comes back within a growing time
constexpr int kMostCrashes = 20;

// A run that is being cancelled would drop what comes back at once, and the dead letter with it. It stays
// dead until the run has ended; then it can be put back. Of a forgotten run nothing is known any more that
// would keep a task from being asked twice or its answer from being written over another one.
constexpr const char* kMayGoOn =
    "NOT EXISTS (SELECT 1 FROM run r WHERE r.id = task.run AND (r.forgotten <> 0 OR r.state = 'cancelled' "
    "AND r.finished_at IS NULL))";

std::string dead_letters(const DeadSelection& selection) {
  if (selection.task != 0) return "d.task = ?1";
  if (selection.run != 0) return "d.run = ?2";
  if (!selection.pipeline.empty()) return "d.run IN (SELECT id FROM run WHERE pipeline = ?3)";
  return "true";
}

}  // namespace

DeadMoved Queue::move_dead(const DeadSelection& selection, WallTime now) {
  const std::string to = selection.drop ? "state = 'skipped', settled_at = ?4, reason = 'dropped by hand'"
                                        : "state = 'ready', attempts = 0, snoozes = 0, crashes = 0, "
                                          "settled_at = nullif(?4, ?4), reason = NULL";
  const std::string which = dead_letters(selection) + " AND ?1 + ?2 >= 0 AND ?3 = ?3";
  Statement move(database_, fmt::format("UPDATE task SET {} WHERE state = 'dead' AND id IN "
                                        "(SELECT d.task FROM dead_letter d WHERE {}) AND {} "
                                        "RETURNING run, level, depth, id",
                                        to, which, selection.drop ? "true" : kMayGoOn));
  std::vector<std::int64_t> moved;
  std::set<std::int64_t> reopened;
  move.bind(selection.task, selection.run, selection.pipeline, unix_ms(now));
  while (move.step()) {
    moved.push_back(move.integer(3));
    if (!selection.drop) reopened.insert(move.integer(0));
    sheet_.moved(move.integer(0), move.text(1), static_cast<int>(move.integer(2)), State::dead,
                 selection.drop ? State::skipped : State::ready);
  }
  move.reset();
  for (const auto task : moved) forget_dead_letter_.bind(task).run();
  Statement reopen(database_,
                   "UPDATE run SET state = 'running', finished_at = NULL, reopened = 1 "
                   "WHERE id = ?1 AND finished_at IS NOT NULL");
  for (const auto run : reopened) reopen.bind(run).run();
  // What is there still was left as it is.
  Statement left(database_,
                 "SELECT sum(r.forgotten <> 0), sum(r.forgotten = 0) FROM dead_letter d "
                 "CROSS JOIN run r ON r.id = d.run WHERE " +
                     which);
  left.bind(selection.task, selection.run, selection.pipeline).step();
  return {static_cast<std::int64_t>(moved.size()), left.integer(0), left.integer(1)};
}

std::map<std::int64_t, std::int64_t> Queue::take_back_leases(WallTime now) {
  struct Row {
    std::int64_t id = 0;
    std::int64_t run = 0;
    std::string level;
    int depth = 0;
    int crashes = 0;  // this one included
    int attempts = 0;
  };
  std::vector<Row> rows;
  Statement leased(database_,
                   "SELECT id, run, level, depth, crashes + 1, attempts FROM task INDEXED BY task_leased "
                   "WHERE state = 'leased'");
  while (leased.step()) {
    rows.push_back({leased.integer(0), leased.integer(1), std::string(leased.text(2)),
                    static_cast<int>(leased.integer(3)), static_cast<int>(leased.integer(4)),
                    static_cast<int>(leased.integer(5))});
  }
  leased.reset();
  Statement take_back(
      database_,
      "UPDATE task SET state = ?2, attempts = max(attempts - 1, 0), crashes = ?3, lease_until = NULL, "
      "due_at = ?4, settled_at = ?5, reason = ?6 WHERE id = ?1");
  const std::string_view reason = "in flight each time the daemon died";
  std::map<std::int64_t, std::int64_t> of_runs;
  for (const auto& row : rows) {
    ++of_runs[row.run];
    const auto to = row.crashes <= kHarmlessCrashes ? State::ready
                    : row.crashes <= kMostCrashes   ? State::waiting
                                                    : State::dead;
    const std::string_view name = state_name(to);
    sheet_.moved(row.run, row.level, row.depth, State::leased, to);
    if (to == State::ready) {
      take_back.bind(row.id, name, row.crashes, nullptr, nullptr, nullptr).run();
    } else if (to == State::waiting) {
      // At a moment that depends on its number, so that those of one crash do not meet in the next.
      const auto spread = row.id * 7919 % (1000 << std::min(row.crashes - 1, 8));
      take_back.bind(row.id, name, row.crashes, unix_ms(now) + spread, nullptr, nullptr).run();
    } else {
      take_back.bind(row.id, name, row.crashes, nullptr, unix_ms(now), reason).run();
      const auto what = fmt::format("the daemon died while this task was in flight ({} times)", row.crashes);
      failed_.bind(row.id, unix_ms(now), row.attempts, 0, what).run();
      keep_dead_letter(row.id, row.run, row.level, now, 0, reason, {});
    }
  }
  return of_runs;
}

}  // namespace fanout
