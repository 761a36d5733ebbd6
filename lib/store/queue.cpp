#include "store/queue.h"

#include <fmt/format.h>

namespace fanout {
namespace {

// So many at once, so that no single transaction grows with the queue.
constexpr int kPromotedAtOnce = 5000;
constexpr int kCancelledAtOnce = 5000;
constexpr int kMostCrashes = 20;

}  // namespace

Queue::Queue(Database& database)
    : add_(database,
           "INSERT INTO task (run, level, depth, parent, scope, list, key, page, parents, created_at) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
           "ON CONFLICT (run, level, scope, key, page) DO NOTHING"),
      settle_(database,
              "UPDATE task SET state = ?2, attempts = attempts - ?3, snoozes = snoozes + ?4, due_at = ?5, "
              "lease_until = NULL, settled_at = ?6, place = ?7 WHERE id = ?1 AND state = 'leased'"),
      run_and_level_(database, "SELECT run, level FROM task WHERE id = ?1"),
      failed_(database,
              "INSERT OR REPLACE INTO attempt (task, at, number, status, what) VALUES (?1, ?2, ?3, ?4, ?5)"),
      died_(database,
            "INSERT OR REPLACE INTO dead_letter (task, run, level, died_at, status, reason, request) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
      promote_(database,
               fmt::format("UPDATE task SET state = 'ready', due_at = NULL WHERE id IN (SELECT id FROM task "
                           "WHERE state = 'waiting' AND due_at <= ?1 ORDER BY due_at LIMIT {})",
                           kPromotedAtOnce)),
      claim_(database,
             "UPDATE task SET state = 'leased', attempts = attempts + 1, lease_until = ?3 "
             "WHERE id IN (SELECT id FROM task WHERE run = ?1 AND state = 'ready' ORDER BY depth DESC, id LIMIT ?2) "
             "RETURNING id, run, level, depth, parent, scope, list, key, page, parents, attempts, snoozes"),
      next_due_(database, "SELECT min(due_at) FROM task WHERE state = 'waiting'"),
      tallies_(database,
               "SELECT level, depth, waiting, ready, leased, done, skipped, dead FROM tally WHERE run = ?1 "
               "ORDER BY depth, level"),
      cancel_some_(database,
                   fmt::format("UPDATE task SET state = 'skipped', due_at = NULL, settled_at = ?2, place = 'cancelled' "
                               "WHERE id IN (SELECT id FROM task WHERE run = ?1 AND state IN ('ready', 'waiting') "
                               "LIMIT {})",
                               kCancelledAtOnce)),
      database_(database) {}

void Queue::add(std::int64_t run, const Seed& seed, WallTime now) {
  add_.bind(run, seed.level, seed.depth, seed.parent, seed.scope, seed.list, seed.key, seed.page, seed.parents,
            unix_ms(now))
      .run();
}

void Queue::settle(const Settlement& settlement, WallTime now) {
  const bool final = settlement.to != State::waiting && settlement.to != State::ready;
  const std::string_view place = settlement.place;
  const int refund = settlement.spent ? 0 : 1;
  const int snoozed = settlement.snoozed ? 1 : 0;
  const std::string_view to = state_name(settlement.to);
  if (final) {
    settle_.bind(settlement.task, to, refund, snoozed, nullptr, unix_ms(now), place).run();
  } else if (settlement.to == State::waiting) {
    settle_.bind(settlement.task, to, refund, snoozed, unix_ms(settlement.due), nullptr, nullptr).run();
  } else {
    settle_.bind(settlement.task, to, refund, snoozed, nullptr, nullptr, nullptr).run();
  }
  if (database_.changes() == 0) return;

  if (settlement.failure) {
    const auto& failure = *settlement.failure;
    failed_.bind(settlement.task, unix_ms(now), failure.attempt, failure.status, failure.what).run();
  }
  if (settlement.to != State::dead && settlement.seeds.empty()) return;
  run_and_level_.bind(settlement.task).step();
  const auto run = run_and_level_.integer(0);
  if (settlement.to == State::dead) {
    const auto status = settlement.failure ? settlement.failure->status : 0;
    died_.bind(settlement.task, run, run_and_level_.text(1), unix_ms(now), status, place, settlement.request).run();
  }
  run_and_level_.reset();
  for (const auto& seed : settlement.seeds) add(run, seed, now);
}

void Queue::promote(WallTime now) { promote_.bind(unix_ms(now)).run(); }

void Queue::claim(const ClaimWish& wish, std::vector<Task>& claimed) {
  claim_.bind(wish.run, wish.count, unix_ms(wish.lease_until));
  while (claim_.step()) {
    Task& task = claimed.emplace_back();
    task.id = claim_.integer(0);
    task.run = claim_.integer(1);
    task.level = claim_.text(2);
    task.depth = static_cast<int>(claim_.integer(3));
    task.parent = claim_.integer(4);
    task.scope = claim_.integer(5);
    task.list = claim_.integer(6);
    task.key = claim_.text(7);
    task.page = static_cast<int>(claim_.integer(8));
    task.parents = claim_.text(9);
    task.attempts = static_cast<int>(claim_.integer(10));
    task.snoozes = static_cast<int>(claim_.integer(11));
  }
  claim_.reset();
}

std::optional<WallTime> Queue::next_due() {
  next_due_.bind();
  std::optional<WallTime> due;
  if (next_due_.step() && !next_due_.is_null(0)) due = from_unix_ms(next_due_.integer(0));
  next_due_.reset();
  return due;
}

void Queue::tallies(std::int64_t run, std::vector<Tally>& tallies) {
  tallies_.bind(run);
  while (tallies_.step()) {
    tallies.push_back({run, std::string(tallies_.text(0)), static_cast<int>(tallies_.integer(1)), tallies_.integer(2),
                       tallies_.integer(3), tallies_.integer(4), tallies_.integer(5), tallies_.integer(6),
                       tallies_.integer(7)});
  }
  tallies_.reset();
}

std::int64_t Queue::move_dead(const DeadSelection& selection, WallTime now) {
  const std::string to = selection.drop ? "state = 'skipped', settled_at = ?4, place = 'dropped by hand'"
                                        : "state = 'ready', attempts = 0, snoozes = 0, crashes = 0, "
                                          "settled_at = nullif(?4, ?4), place = NULL";
  Statement move(database_, "UPDATE task SET " + to +
                                " WHERE state = 'dead' AND id IN (SELECT d.task FROM dead_letter d "
                                "JOIN run r ON r.id = d.run WHERE (?1 = 0 OR d.task = ?1) AND (?2 = 0 OR d.run = ?2) "
                                "AND (?3 = '' OR r.pipeline = ?3))");
  move.bind(selection.task, selection.run, selection.pipeline, unix_ms(now)).run();
  return database_.changes();
}

void Queue::cancel_some(std::int64_t run, WallTime now) { cancel_some_.bind(run, unix_ms(now)).run(); }

std::int64_t Queue::take_back_leases(WallTime now) {
  // The first two crashes cost nothing; after that a task comes back within a growing time, at a moment that
  // depends on its number.
  Statement take_back(database_, R"(
    UPDATE task SET state = iif(crashes < 2, 'ready', 'waiting'), attempts = attempts - 1, crashes = crashes + 1,
           lease_until = NULL, due_at = iif(crashes < 2, NULL, ?1 + (id * 7919) % (1000 << min(crashes, 8)))
    WHERE state = 'leased')");
  take_back.bind(unix_ms(now)).run();
  const auto taken_back = database_.changes();
  Statement record(database_, R"(
    INSERT OR REPLACE INTO attempt (task, at, number, what)
    SELECT id, ?1, attempts + 1, 'the daemon died while this task was in flight (' || crashes || ' times)'
    FROM task WHERE state = 'waiting' AND crashes > ?2)");
  record.bind(unix_ms(now), kMostCrashes).run();
  Statement give_up(database_, R"(
    UPDATE task SET state = 'dead', due_at = NULL, settled_at = ?1, place = 'in flight each time the daemon died'
    WHERE state = 'waiting' AND crashes > ?2)");
  give_up.bind(unix_ms(now), kMostCrashes).run();
  return taken_back;
}

}  // namespace fanout
