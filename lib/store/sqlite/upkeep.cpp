#include "store/sqlite/upkeep.h"

namespace fanout {

Upkeep::Upkeep(Database& database)
    : database_(database),
      keep_part_(database,
                 "INSERT INTO part (path, run, base, number, committed, records, sealed, note) "
                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (path) DO UPDATE SET "
                 "committed = excluded.committed, records = excluded.records, sealed = excluded.sealed, "
                 "note = excluded.note"),
      open_parts_(
          database,
          "SELECT path, run, base, number, committed, records, sealed, note FROM part WHERE sealed = 0"),
      latest_part_(database, "SELECT max(number) FROM part WHERE run = ?1 AND base = ?2"),
      keep_answer_path_(database,
                        "INSERT INTO answer_path (run, path, task) VALUES (?1, ?2, ?3) "
                        "ON CONFLICT (run, path) DO UPDATE SET task = excluded.task"),
      owner_of_(database,
                "SELECT a.task FROM answer_path a CROSS JOIN task t NOT INDEXED ON t.id = a.task "
                "WHERE a.run = ?1 AND a.path = ?2"),
      keep_limiter_(
          database,
          "INSERT INTO limiter (subject, paused, hold_until, why, state, next_at, account) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?7, ?8) ON CONFLICT (subject) DO UPDATE SET "
          "paused = iif(?6, excluded.paused, paused), hold_until = excluded.hold_until, why = excluded.why, "
          "state = excluded.state, next_at = excluded.next_at, account = excluded.account"),
      forget_limiter_(database, "DELETE FROM limiter WHERE subject = ?1"),
      limiters_(database, "SELECT subject, paused, hold_until, why, state, next_at, account FROM limiter"),
      keep_schedule_(database,
                     "INSERT INTO schedule (pipeline, text, considered) VALUES (?1, ?2, ?3) ON CONFLICT "
                     "(pipeline) DO UPDATE SET text = excluded.text, considered = excluded.considered"),
      open_commands_(database,
                     // Any number is larger; without a bound newer versions of SQLite sort.
                     "SELECT id, command, target FROM control INDEXED BY control_open "
                     "WHERE outcome IS NULL AND id >= -9223372036854775808 ORDER BY id LIMIT 100"),
      about_(
          database,
          "SELECT id, run, level, parents, attempts, state, coalesce(due_at, 0), coalesce(reason, (SELECT "
          "a.what FROM attempt a WHERE a.task = t.id ORDER BY a.at DESC LIMIT 1), '') FROM task t WHERE id = "
          "CAST(?1 AS INTEGER) AND CAST(CAST(?1 AS INTEGER) AS TEXT) = ?1"),
      answer_(database, "UPDATE control SET outcome = ?2, applied_at = ?3 WHERE id = ?1"),
      // The last one stays: its number is the floor of the next one's.
      forget_orders_(database,
                     "DELETE FROM control WHERE id IN (SELECT id FROM control WHERE outcome IS NOT NULL "
                     "AND applied_at < ?1 AND id < (SELECT max(id) FROM control) ORDER BY id LIMIT 500)"),
      note_(
          database,
          "INSERT INTO notice (subject, since, what) VALUES (?1, ?2, ?3) ON CONFLICT (subject) DO UPDATE SET "
          "since = excluded.since, what = excluded.what"),
      forget_note_(database, "DELETE FROM notice WHERE subject = ?1") {}

void Upkeep::keep(const Part& part) {
  keep_part_
      .bind(part.path, part.run, part.base, part.number, part.committed, part.records, part.sealed ? 1 : 0,
            part.note)
      .run();
}

std::vector<Part> Upkeep::open_parts() {
  std::vector<Part> parts;
  open_parts_.bind();
  while (open_parts_.step()) {
    Part& part = parts.emplace_back();
    part.path = open_parts_.text(0);
    part.run = open_parts_.integer(1);
    part.base = open_parts_.text(2);
    part.number = static_cast<int>(open_parts_.integer(3));
    part.committed = open_parts_.integer(4);
    part.records = open_parts_.integer(5);
    part.sealed = open_parts_.integer(6) != 0;
    part.note = open_parts_.text(7);
  }
  open_parts_.reset();
  return parts;
}

int Upkeep::latest_part(std::int64_t run, const std::string& base) {
  latest_part_.bind(run, base).step();
  const auto number = static_cast<int>(latest_part_.integer(0));  // NULL is 0
  latest_part_.reset();
  return number;
}

void Upkeep::keep(const AnswerPath& path) { keep_answer_path_.bind(path.run, path.path, path.task).run(); }

std::int64_t Upkeep::owner_of(std::int64_t run, const std::string& path) {
  const std::int64_t task = owner_of_.bind(run, path).step() ? owner_of_.integer(0) : 0;
  owner_of_.reset();
  return task;
}

void Upkeep::keep(const LimiterRow& row) {
  if (row.forgotten) {
    forget_limiter_.bind(row.subject).run();
    return;
  }
  keep_limiter_
      .bind(row.subject, row.paused ? 1 : 0, unix_ms(row.hold_until), row.why, row.state,
            row.decides_pause ? 1 : 0, unix_ms(row.next), row.account)
      .run();
}

std::vector<LimiterRow> Upkeep::limiters() {
  std::vector<LimiterRow> rows;
  limiters_.bind();
  while (limiters_.step()) {
    rows.push_back({std::string(limiters_.text(0)), limiters_.integer(1) != 0,
                    from_unix_ms(limiters_.integer(2)), std::string(limiters_.text(3)),
                    std::string(limiters_.text(4)), from_unix_ms(limiters_.integer(5))});
    rows.back().account = limiters_.text(6);
  }
  limiters_.reset();
  return rows;
}

void Upkeep::keep(const ScheduleRow& row) {
  keep_schedule_.bind(row.pipeline, row.text, unix_ms(row.considered)).run();
}

std::vector<ScheduleRow> Upkeep::schedules() {
  std::vector<ScheduleRow> rows;
  Statement all(database_, "SELECT pipeline, text, considered FROM schedule");
  while (all.step()) {
    rows.push_back({std::string(all.text(0)), std::string(all.text(1)), from_unix_ms(all.integer(2))});
  }
  return rows;
}

std::vector<Command> Upkeep::open_commands() {
  std::vector<Command> commands;
  open_commands_.bind();
  while (open_commands_.step()) {
    commands.push_back({open_commands_.integer(0),
                        std::string(open_commands_.text(1)),
                        std::string(open_commands_.text(2)),
                        {}});
  }
  open_commands_.reset();
  for (auto& command : commands) {
    if (command.command == "why") command.about = about(command.target);
  }
  return commands;
}

std::optional<TaskNow> Upkeep::about(const std::string& number) {
  std::optional<TaskNow> found;
  if (about_.bind(number).step()) {
    TaskNow& now = found.emplace();
    now.task.id = about_.integer(0);
    now.task.run = about_.integer(1);
    now.task.level = about_.text(2);
    now.task.parents = about_.text(3);
    now.task.attempts = static_cast<int>(about_.integer(4));
    now.state = state_of(about_.text(5));
    now.due = from_unix_ms(about_.integer(6));
    now.why = about_.text(7);
  }
  about_.reset();
  return found;
}

void Upkeep::answer(const CommandOutcome& outcome, WallTime now) {
  answer_.bind(outcome.id, outcome.outcome, unix_ms(now)).run();
}

bool Upkeep::forget_some_orders(WallTime before) {
  forget_orders_.bind(unix_ms(before)).run();
  return database_.changes() > 0;
}

void Upkeep::note(const Notice& notice, WallTime now) {
  if (notice.what.empty()) {
    forget_note_.bind(notice.subject).run();
  } else {
    note_.bind(notice.subject, unix_ms(now), notice.what).run();
  }
}

}  // namespace fanout
