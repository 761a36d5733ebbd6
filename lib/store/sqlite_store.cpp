#include "store/sqlite_store.h"

#include <sqlite3.h>

#include <utility>

#include "store/migrate.h"

namespace fanout {
namespace {

Database open_and_migrate(const std::filesystem::path& path, const std::string& vfs) {
  Database database(path, Database::Mode::create, vfs);
  check_version(database);  // before anything is written
  database.execute("PRAGMA journal_mode = WAL");
  database.execute("PRAGMA synchronous = FULL");
  database.execute("PRAGMA wal_autocheckpoint = 4000");   // pages; a checkpoint each 16 MB of log
  database.execute("PRAGMA journal_size_limit = 67108864");
  database.execute("PRAGMA cache_size = -16384");         // 16 MiB: memory does not grow with the queue
  database.execute("PRAGMA temp_store = MEMORY");
  migrate(database);
  return database;
}

}  // namespace

SqliteStore::SqliteStore(const std::filesystem::path& path, const std::string& vfs)
    : database_(open_and_migrate(path, vfs)),
      queue_(database_),
      runs_(database_, queue_),
      upkeep_(database_),
      data_version_(database_, "PRAGMA data_version") {}

const char* SqliteStore::sqlite_version() { return sqlite3_libversion(); }

Recovered SqliteStore::recover(WallTime now) {
  Transaction transaction(database_);
  Recovered recovered;
  recovered.leases_taken_back = queue_.take_back_leases(now);
  recovered.open_runs = runs_.open();
  recovered.limiters = upkeep_.limiters();
  recovered.open_parts = upkeep_.open_parts();
  recovered.last_runs = runs_.last_by_pipeline();
  transaction.commit();
  changed_by_others();
  return recovered;
}

Applied SqliteStore::apply(const Batch& batch) {
  Transaction transaction(database_);
  Applied applied;
  for (const auto& settlement : batch.settlements) queue_.settle(settlement, batch.now);
  for (const auto& part : batch.parts) upkeep_.keep(part);
  for (const auto& row : batch.limiters) upkeep_.keep(row);
  for (const auto& run : batch.new_runs) applied.new_runs.push_back(runs_.start(run, batch.now));
  for (const auto& selection : batch.dead) applied.dead_moved.push_back(queue_.move_dead(selection, batch.now));
  for (const auto run : batch.cancel_runs) runs_.cancel(run, batch.now);
  for (const auto& note : batch.notes) runs_.note(note, batch.now);
  for (const auto run : batch.finish_runs) {
    if (runs_.finish(run, batch.now)) applied.finished.push_back(run);
  }
  for (const auto& outcome : batch.answered) upkeep_.answer(outcome, batch.now);
  queue_.promote(batch.now);
  for (const auto& wish : batch.claims) queue_.claim(wish, applied.claimed);
  for (const auto run : batch.watched_runs) queue_.tallies(run, applied.tallies);
  for (const auto& run : applied.new_runs) queue_.tallies(run.id, applied.tallies);
  applied.next_due = queue_.next_due();
  if (batch.read_commands) applied.commands = upkeep_.open_commands();
  transaction.commit();
  return applied;
}

std::vector<Run> SqliteStore::open_runs() { return runs_.open(); }
std::vector<LimiterRow> SqliteStore::limiters() { return upkeep_.limiters(); }

bool SqliteStore::changed_by_others() {
  data_version_.bind().step();
  const auto version = data_version_.integer(0);
  data_version_.reset();
  return std::exchange(seen_version_, version) != version;
}

bool SqliteStore::prune(WallTime before) {
  Transaction transaction(database_);
  const bool more = runs_.prune_some(before);
  transaction.commit();
  return more;
}

}  // namespace fanout
