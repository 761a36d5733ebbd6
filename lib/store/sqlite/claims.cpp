#include "store/sqlite/claims.h"

#include <fmt/format.h>

#include <string>

namespace fanout {
namespace {

// So many at once, so that no single transaction grows with the queue.
constexpr int kPromotedAtOnce = 5000;
constexpr int kTakenBackAtOnce = 500;

// which: gives the numbers of at most ?2 ready tasks of run ?1.
std::string claim_of(const std::string& which) {
  return "UPDATE task SET state = 'leased', attempts = attempts + 1, claim = ?4, lease_until = ?3 WHERE id "
         "IN (" +
         which +
         ") RETURNING id, run, level, depth, parent, scope, list, key, page, parents, attempts, snoozes, "
         "cursor, trail";
}

std::string made_ready(const std::string& which) {
  return "UPDATE task SET state = 'ready', due_at = NULL, reason = NULL WHERE id IN (" + which +
         ") RETURNING run, level, depth";
}

// Of waiting tasks of open runs that are due so, seen from ?1.
std::string promotion_of(const char* compared) {
  return made_ready(
      fmt::format("SELECT t.id FROM run r INDEXED BY run_open CROSS JOIN task t INDEXED BY task_waiting "
                  "ON t.run = r.id AND t.state = 'waiting' AND t.due_at {} ?1 "
                  "WHERE r.finished_at IS NULL LIMIT {}",
                  compared, kPromotedAtOnce));
}

std::optional<WallTime> moment_in(Statement& statement) {
  std::optional<WallTime> moment;
  if (statement.step() && !statement.is_null(0)) moment = from_unix_ms(statement.integer(0));
  statement.reset();
  return moment;
}

}  // namespace

Claims::Claims(Database& database, TallySheet& sheet)
    : sheet_(sheet),
      promote_(database, promotion_of("<=")),
      promote_far_(database, promotion_of(">")),
      wake_(database,
            made_ready(fmt::format("SELECT id FROM task INDEXED BY task_waiting WHERE run = ?1 "
                                   "AND state = 'waiting' AND reason <> '' AND claim <= ?2 LIMIT {}",
                                   kPromotedAtOnce))),
      call_(database, made_ready("SELECT id FROM task INDEXED BY task_put_off WHERE run = ?1 "
                                 "AND state = 'waiting' AND reason <> '' AND reason = ?2 ORDER BY due_at "
                                 "LIMIT ?3")),
      latest_claim_(database, "SELECT value FROM counter WHERE name = 'claim'"),
      next_claim_(database, "UPDATE counter SET value = value + 1 WHERE name = 'claim' RETURNING value"),
      claim_(database,
             claim_of("SELECT id FROM task INDEXED BY task_ready WHERE run = ?1 AND state = 'ready' "
                      "ORDER BY depth DESC, id LIMIT ?2")),
      // Looks at the first few only, so that it costs the same in a queue of any length.
      claim_fresh_(database, claim_of(fmt::format("SELECT id FROM ({0}) WHERE failures = 0 UNION ALL "
                                                  "SELECT id FROM ({0}) WHERE failures > 0 LIMIT ?2",
                                                  "SELECT id, attempts + snoozes AS failures FROM task "
                                                  "INDEXED BY task_ready WHERE run = ?1 "
                                                  "AND state = 'ready' ORDER BY depth DESC, id LIMIT 200"))),
      lost_leases_(
          database,
          fmt::format("UPDATE task SET state = 'ready', attempts = max(attempts - 1, 0), lease_until = NULL "
                      "WHERE id IN (SELECT t.id FROM run r INDEXED BY run_open "
                      "CROSS JOIN task t INDEXED BY task_leased ON t.run = r.id AND t.state = 'leased' "
                      "AND t.lease_until <= ?2 WHERE r.finished_at IS NULL AND t.claim < ?1 LIMIT {}) "
                      "RETURNING run, level, depth",
                      kTakenBackAtOnce)),
      next_due_(database,
                "SELECT min((SELECT min(t.due_at) FROM task t INDEXED BY task_waiting "
                "WHERE t.run = r.id AND t.state = 'waiting')) "
                "FROM run r INDEXED BY run_open WHERE r.finished_at IS NULL"),
      next_lease_end_(database,
                      "SELECT min((SELECT min(t.lease_until) FROM task t INDEXED BY task_leased "
                      "WHERE t.run = r.id AND t.state = 'leased' AND t.lease_until > ?1)) "
                      "FROM run r INDEXED BY run_open WHERE r.finished_at IS NULL") {}

void Claims::promote(WallTime now) {
  sheet_.moved_rows(promote_.bind(unix_ms(now)), State::waiting, State::ready);
  sheet_.moved_rows(promote_far_.bind(unix_ms(now + kLongestWait)), State::waiting, State::ready);
  wake_some();
}

void Claims::wake(std::int64_t run) {
  latest_claim_.bind().step();
  const auto latest = latest_claim_.integer(0);
  latest_claim_.reset();
  std::erase_if(waking_, [run](const Waking& waking) { return waking.run == run; });
  waking_.push_back({run, latest});
}

int Claims::call(const Call& call) {
  return static_cast<int>(
      sheet_.moved_rows(call_.bind(call.run, call.reason, call.count), State::waiting, State::ready));
}

// One that has none left is forgotten when it is looked at again, since this transaction may be rolled back.
void Claims::wake_some() {
  std::erase_if(waking_, [this](const Waking& waking) {
    return sheet_.moved_rows(wake_.bind(waking.run, waking.before), State::waiting, State::ready) == 0;
  });
}

void Claims::claim(const ClaimWish& wish, std::vector<Task>& claimed) {
  next_claim_.bind().step();
  const auto number = next_claim_.integer(0);
  next_claim_.reset();
  Statement& claim = wish.fresh_first ? claim_fresh_ : claim_;
  claim.bind(wish.run, wish.count, unix_ms(wish.lease_until), number);
  while (claim.step()) {
    Task& task = claimed.emplace_back();
    task.id = claim.integer(0);
    task.run = claim.integer(1);
    task.level = claim.text(2);
    task.depth = static_cast<int>(claim.integer(3));
    task.parent = claim.integer(4);
    task.scope = claim.integer(5);
    task.list = claim.integer(6);
    task.key = claim.text(7);
    task.page = static_cast<int>(claim.integer(8));
    task.parents = claim.text(9);
    task.attempts = static_cast<int>(claim.integer(10));
    task.snoozes = static_cast<int>(claim.integer(11));
    task.cursor = claim.text(12);
    task.trail = claim.text(13);
    task.claim = number;
    sheet_.moved(task.run, task.level, task.depth, State::ready, State::leased);
  }
  claim.reset();
}

std::int64_t Claims::take_back_lost(std::int64_t oldest_claim, WallTime now) {
  return sheet_.moved_rows(lost_leases_.bind(oldest_claim, unix_ms(now)), State::leased, State::ready);
}

std::optional<WallTime> Claims::next_due(WallTime now) {
  return waking_.empty() ? moment_in(next_due_.bind()) : now;
}

std::optional<WallTime> Claims::next_lease_end(WallTime now) {
  return moment_in(next_lease_end_.bind(unix_ms(now)));
}

}  // namespace fanout
