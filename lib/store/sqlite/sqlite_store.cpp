#include "store/sqlite/sqlite_store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>

#include "base/error.h"
#include "store/sqlite/migrate.h"

namespace fanout {
namespace {

bool is_there(const std::string& path, const std::string& vfs) {
  sqlite3_vfs* found = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
  FANOUT_INVARIANT(found != nullptr);
  int there = 0;
  found->xAccess(found, path.c_str(), SQLITE_ACCESS_EXISTS, &there);
  return there != 0;  // and is not empty
}

// Before anything is written, so that a file which is not ours stays as it is. Opening one by the book may
// already change it: an interrupted transaction is rolled back, a log is moved into the file. Where there is
// a log, only the two together say what the database is, and the caller looks at both.
void refuse_what_is_not_ours(const std::filesystem::path& path, const std::string& vfs) {
  if (!is_there(path.string(), vfs) || is_there(path.string() + "-wal", vfs)) return;
  auto database = Database::at_rest(path, vfs);
  check_version(database);
}

// Our database says in its head (byte 18, see "Database File Format" of SQLite) that it is written through a
// log, from before there is one. A copy made by VACUUM INTO says that it is not: a log with something in it
// that lies beside such a file belongs to another database, and would undo what was put back, or spoil it.
void refuse_log_of_another(const std::filesystem::path& path) {
  constexpr std::streamoff kWriteVersion = 18;
  constexpr char kThroughLog = 2;
  std::error_code error;
  const auto log = path.string() + "-wal";
  const auto length = std::filesystem::file_size(log, error);
  if (error || length == 0) return;
  char version = kThroughLog;
  std::ifstream(path, std::ios::binary).seekg(kWriteVersion).get(version);
  if (version == kThroughLog) return;
  throw Error(
      fmt::format("the log {} was not written by the database beside it, which is a copy that was put "
                  "back",
                  log),
      fmt::format("it would undo the copy: rm '{0}-wal' '{0}-shm', then start", path.string()));
}

void use_log(Database& database) {
  Statement mode(database, "PRAGMA journal_mode = WAL");
  if (mode.step() && mode.text(0) == "wal") return;
  throw Error(fmt::format("{} cannot keep a write-ahead log there", database.path().string()),
              "put the state directory on a local disk: --state-dir");
}

std::optional<WallTime> earlier(std::optional<WallTime> a, std::optional<WallTime> b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

Database open_and_migrate(const std::filesystem::path& path, const std::string& vfs, milliseconds patience) {
  if (vfs.empty()) refuse_log_of_another(path);
  refuse_what_is_not_ours(path, vfs);
  Database database(path, Database::Mode::create, vfs, patience);
  database.checkpoint_on_close(false);
  check_version(database);
  database.checkpoint_on_close(true);
  use_log(database);
  database.keep_log_file();
  database.execute("PRAGMA synchronous = FULL");
  database.execute("PRAGMA wal_autocheckpoint = 1000");  // pages; a checkpoint each 4 MB of log
  database.execute("PRAGMA journal_size_limit = 67108864");
  database.execute("PRAGMA cache_size = -16384");  // 16 MiB: memory does not grow with the queue
  database.execute("PRAGMA temp_store = MEMORY");
  migrate(database);
  return database;
}

}  // namespace

SqliteStore::SqliteStore(const std::filesystem::path& path, const std::string& vfs, milliseconds patience,
                         std::int64_t long_log)
    : database_(open_and_migrate(path, vfs, patience)),
      queue_(database_),
      claims_(database_, queue_.sheet()),
      runs_(database_, queue_),
      upkeep_(database_),
      forgetting_(database_, queue_),
      data_version_(database_, "PRAGMA data_version"),
      long_log_(long_log) {}

const char* SqliteStore::sqlite_version() { return sqlite3_libversion(); }

Recovered SqliteStore::recover(WallTime now) {
  Transaction transaction(database_);
  Recovered recovered;
  queue_.begin();
  recovered.taken_back = queue_.take_back_leases(now);
  queue_.write_tallies();
  upkeep_.note({"log", {}}, now);  // of the process before
  log_is_long_ = false;
  recovered.open_runs = runs_.open();
  for (const auto& run : recovered.open_runs) queue_.tallies(run.id, recovered.tallies);
  recovered.latest_end = runs_.latest_end();
  recovered.limiters = upkeep_.limiters();
  recovered.schedules = upkeep_.schedules();
  recovered.open_parts = upkeep_.open_parts();
  transaction.commit();
  changed_by_others();
  return recovered;
}

Applied SqliteStore::apply(const Batch& batch) {
  Transaction transaction(database_);
  queue_.begin();
  Applied applied;
  for (std::size_t i = 0; i < batch.settlements.size(); ++i) {
    const auto& settlement = batch.settlements[i];
    if (!queue_.settle(settlement, batch.now) && settlement.keeps_record) applied.stale.push_back(i);
  }
  if (!applied.stale.empty()) return applied;  // rolled back
  for (const auto& part : batch.parts) upkeep_.keep(part);
  for (const auto& path : batch.answer_paths) upkeep_.keep(path);
  for (const auto& row : batch.limiters) upkeep_.keep(row);
  for (const auto& row : batch.schedules) upkeep_.keep(row);
  change_runs(batch, applied);
  for (const auto& outcome : batch.answered) upkeep_.answer(outcome, batch.now);
  if (batch.oldest_claim) {
    applied.leases_taken_back = claims_.take_back_lost(*batch.oldest_claim, batch.now);
  }
  for (const auto run : batch.wake_runs) claims_.wake(run);
  for (const auto& call : batch.calls) applied.called.push_back(claims_.call(call));
  claims_.promote(batch.now);
  for (const auto& wish : batch.claims) claims_.claim(wish, applied.claimed);
  queue_.write_tallies();
  for (const auto run : batch.watched_runs) queue_.tallies(run, applied.tallies);
  for (const auto& run : applied.new_runs) queue_.tallies(run.id, applied.tallies);
  applied.next_due = claims_.next_due(batch.now);
  if (batch.oldest_claim) applied.next_due = earlier(applied.next_due, claims_.next_lease_end(batch.now));
  if (batch.read_commands) applied.commands = upkeep_.open_commands();
  watch_log(batch.now);
  transaction.commit();
  return applied;
}

// Cancels come first: they drop what is open, and no dead letter that a redrive of the same batch puts back.
void SqliteStore::change_runs(const Batch& batch, Applied& applied) {
  for (const auto run : batch.cancel_runs) runs_.cancel(run, batch.now);
  for (const auto run : batch.resume_runs) applied.resumed.push_back(runs_.resume(run));
  for (const auto& selection : batch.dead) {
    applied.dead_moved.push_back(queue_.move_dead(selection, batch.now));
  }
  for (const auto& note : batch.notes) runs_.note(note, batch.now);
  for (const auto& sample : batch.samples) runs_.keep(sample, batch.now);
  queue_.write_tallies();
  for (const auto run : batch.finish_runs) {
    if (runs_.finish(run, batch.now)) applied.finished.push_back(run);
  }
  for (const auto& stop : batch.stop_runs) {
    if (runs_.stop(stop, batch.now)) applied.finished.push_back(stop.run);
  }
  for (const auto& wanted : batch.new_runs) {
    auto begun = runs_.start(wanted, batch.now);
    if (auto* run = std::get_if<Run>(&begun)) {
      applied.new_runs.push_back(std::move(*run));
    } else {
      applied.not_begun.push_back(std::get<NotBegun>(std::move(begun)));
    }
  }
}

void SqliteStore::watch_log(WallTime now) {
  const auto length = database_.log_length();
  const bool is_long = length > long_log_;
  if (is_long == log_is_long_) return;
  Notice notice{"log", {}};
  if (is_long) {
    notice.what = fmt::format(
        "{}-wal has passed {} MiB and grows: a reader that stays open keeps it from being cut; find it with "
        "fuser -v '{}', and end its transaction",
        database_.path().string(), length >> 20, database_.path().string());
  }
  upkeep_.note(notice, now);
  log_is_long_ = is_long;
}

std::vector<Run> SqliteStore::open_runs() { return runs_.open(); }
std::vector<LimiterRow> SqliteStore::limiters() { return upkeep_.limiters(); }

int SqliteStore::latest_part(std::int64_t run, const std::string& base) {
  return upkeep_.latest_part(run, base);
}

std::int64_t SqliteStore::owner_of(std::int64_t run, const std::string& path) {
  return upkeep_.owner_of(run, path);
}

bool SqliteStore::changed_by_others() {
  // A write can be noticed on the disk before it is committed. Whoever holds the writer's lock has it
  // committed when we get the lock.
  const Transaction no_other_writer(database_);
  data_version_.bind().step();
  const auto version = data_version_.integer(0);
  data_version_.reset();
  return std::exchange(seen_version_, version) != version;
}

void SqliteStore::note(const Notice& notice, WallTime now) {
  Transaction transaction(database_);
  upkeep_.note(notice, now);
  transaction.commit();
}

Pruned SqliteStore::prune(const Bygone& before) {
  Pruned pruned;
  try {
    Transaction transaction(database_);
    queue_.begin();
    pruned.more = forgetting_.some(before, pruned.dead_gone) || upkeep_.forget_some_orders(before.runs);
    queue_.write_tallies();
    transaction.commit();
  } catch (...) {
    forgetting_.rolled_back();
    throw;
  }
  return pruned;
}

}  // namespace fanout
