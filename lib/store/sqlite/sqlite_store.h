// The durable queue on SQLite: the process's one connection that writes, in WAL mode, synchronous=FULL.
//
// Owned by the keeper and used on the store thread only. Checkpoints run on this connection and no other:
// SQLite before 3.51.3 can lose committed rows when a second connection checkpoints beside a writer.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "store/sqlite/claims.h"
#include "store/sqlite/database.h"
#include "store/sqlite/forgetting.h"
#include "store/sqlite/queue.h"
#include "store/sqlite/runs.h"
#include "store/sqlite/upkeep.h"
#include "store/store.h"

namespace fanout {

class SqliteStore : public Store {
 public:
  // Opens the database, or makes it; brings it up to date. Throws, with the file as it was, if it is of
  // another program, newer, or damaged. vfs: for simulations. patience: with a lock of somebody else.
  // long_log: bytes from which on the log is said to be too long. By itself it is cut at every 4 MB.
  explicit SqliteStore(const std::filesystem::path& path, const std::string& vfs = {},
                       milliseconds patience = Database::kPatience, std::int64_t long_log = 128 << 20);

  Recovered recover(WallTime now) override;
  Applied apply(const Batch& batch) override;
  std::vector<Run> open_runs() override;
  std::vector<LimiterRow> limiters() override;
  int latest_part(std::int64_t run, const std::string& base) override;
  std::int64_t owner_of(std::int64_t run, const std::string& path) override;
  bool changed_by_others() override;
  void note(const Notice& notice, WallTime now) override;
  Pruned prune(const Bygone& before) override;

  static const char* sqlite_version();
  Database& connection() { return database_; }  // for tests: its settings are this connection's own

 private:
  // Says in `notice` that somebody keeps the log from being cut, for as long as it is so.
  void watch_log(WallTime now);
  void change_runs(const Batch& batch, Applied& applied);

  Database database_;
  Queue queue_;
  Claims claims_;
  Runs runs_;
  Upkeep upkeep_;
  Forgetting forgetting_;
  Statement data_version_;
  std::int64_t seen_version_ = 0;
  std::int64_t long_log_ = 0;
  bool log_is_long_ = false;  // as `notice` says
};

}  // namespace fanout
