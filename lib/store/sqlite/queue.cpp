#include "store/sqlite/queue.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/sqlite/claims.h"

namespace fanout {
namespace {

// So many at once, so that no single transaction grows with the queue.
constexpr int kCancelledAtOnce = 2000;

}  // namespace

Queue::Queue(Database& database)
    : sheet_(database),
      add_(
          database,
          "INSERT INTO task (run, level, depth, parent, scope, list, key, page, parents, created_at, cursor, "
          "trail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) "
          "ON CONFLICT (run, level, scope, key, page) DO NOTHING"),
      leased_(database,
              "SELECT run, level, depth FROM task WHERE id = ?1 AND state = 'leased' AND claim = ?2"),
      settle_(database,
              "UPDATE task SET state = ?2, attempts = max(attempts - ?3, 0), snoozes = snoozes + ?4, due_at "
              "= ?5, "
              "lease_until = NULL, settled_at = ?6, record = nullif(?7, ''), reason = nullif(?8, '') WHERE "
              "id = ?1"),
      failed_(database,
              "INSERT OR REPLACE INTO attempt (task, at, number, status, what) VALUES (?1, ?2, ?3, ?4, ?5)"),
      died_(database,
            "INSERT OR REPLACE INTO dead_letter (task, run, level, died_at, status, reason, request) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
      tallies_(database,
               "SELECT level, depth, waiting, ready, leased, done, skipped, dead, left_out, where_failed "
               "FROM tally WHERE run = ?1 "
               "ORDER BY depth, level"),
      cancel_ready_(
          database,
          "UPDATE task SET state = 'skipped', settled_at = ?2, reason = 'cancelled' WHERE id IN (SELECT id "
          "FROM task INDEXED BY task_ready WHERE run = ?1 AND state = 'ready' LIMIT ?3) RETURNING run, "
          "level, depth"),
      cancel_waiting_(
          database,
          "UPDATE task SET state = 'skipped', due_at = NULL, settled_at = ?2, reason = 'cancelled' "
          "WHERE id IN (SELECT id FROM task INDEXED BY task_waiting WHERE run = ?1 AND state = 'waiting' "
          "LIMIT ?3) "
          "RETURNING run, level, depth"),
      forget_task_(database, "DELETE FROM task WHERE id = ?1"),
      forget_attempts_(database, "DELETE FROM attempt WHERE task = ?1"),
      forget_dead_letter_(database, "DELETE FROM dead_letter WHERE task = ?1"),
      database_(database) {}

void Queue::add(std::int64_t run, const Seed& seed, WallTime now) {
  add_.bind(run, seed.level, seed.depth, seed.parent, seed.scope, seed.list, seed.key, seed.page,
            seed.parents.text(), unix_ms(now), seed.cursor, seed.trail)
      .run();
  if (database_.changes() > 0) sheet_.made(run, seed.level, seed.depth, State::ready);
}

bool Queue::settle(const Settlement& settlement, WallTime now) {
  const bool found = leased_.bind(settlement.task, settlement.claim).step();
  if (!found) return false;
  const auto run = leased_.integer(0);
  sheet_.moved(run, leased_.text(1), static_cast<int>(leased_.integer(2)), State::leased, settlement.to);
  if (settlement.left_out.any())
    sheet_.left_out(run, leased_.text(1), static_cast<int>(leased_.integer(2)), settlement.left_out);
  const int status = settlement.failure ? settlement.failure->status : 0;
  if (settlement.to == State::dead) {
    keep_dead_letter(settlement.task, run, leased_.text(1), now, status, settlement.reason,
                     settlement.request);
  }
  leased_.reset();
  settle_as(settlement, now);
  if (const auto& failure = settlement.failure) {
    failed_.bind(settlement.task, unix_ms(now), failure->attempt, failure->status, failure->what).run();
  }
  for (const auto& seed : settlement.seeds) add(run, seed, now);
  return true;
}

void Queue::settle_as(const Settlement& settlement, WallTime now) {
  const int refund = settlement.spent ? 0 : 1;
  const int snoozed = settlement.snoozed ? 1 : 0;
  const std::string_view to = state_name(settlement.to);
  switch (settlement.to) {
    case State::waiting:
      settle_
          .bind(settlement.task, to, refund, snoozed, unix_ms(std::min(settlement.due, now + kLongestWait)),
                nullptr, nullptr, settlement.reason)
          .run();
      break;
    case State::ready:
      settle_.bind(settlement.task, to, refund, snoozed, nullptr, nullptr, nullptr, nullptr).run();
      break;
    default:
      settle_
          .bind(settlement.task, to, refund, snoozed, nullptr, unix_ms(now), settlement.record,
                settlement.reason)
          .run();
  }
}

void Queue::keep_dead_letter(std::int64_t task, std::int64_t run, std::string_view level, WallTime now,
                             int status, std::string_view reason, std::string_view request) {
  died_.bind(task, run, level, unix_ms(now), status, reason, request).run();
}

void Queue::tallies(std::int64_t run, std::vector<Tally>& tallies) {
  tallies_.bind(run);
  while (tallies_.step()) {
    tallies.push_back({run,
                       std::string(tallies_.text(0)),
                       static_cast<int>(tallies_.integer(1)),
                       tallies_.integer(2),
                       tallies_.integer(3),
                       tallies_.integer(4),
                       tallies_.integer(5),
                       tallies_.integer(6),
                       tallies_.integer(7),
                       {tallies_.integer(8), tallies_.integer(9)}});
  }
  tallies_.reset();
}

void Queue::cancel_some(std::int64_t run, WallTime now) {
  cancel_ready_.bind(run, unix_ms(now), kCancelledAtOnce);
  sheet_.moved_rows(cancel_ready_, State::ready, State::skipped);
  cancel_waiting_.bind(run, unix_ms(now), kCancelledAtOnce);
  sheet_.moved_rows(cancel_waiting_, State::waiting, State::skipped);
}

void Queue::forget(const KnownTask& task) {
  sheet_.gone(task.run, task.level, task.depth, task.state);
  forget_task_.bind(task.id).run();
  forget_attempts_.bind(task.id).run();
  forget_dead_letter_.bind(task.id).run();
}

}  // namespace fanout
