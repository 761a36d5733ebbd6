// The run rows: begun, noted, ended.
//
// Every call is part of the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "store/sqlite/database.h"
#include "store/sqlite/queue.h"
#include "store/store.h"

namespace fanout {

// Numbers of the complete runs of a pipeline (?1) before a run (?2), the latest first, that a forecast and a
// plan go by. One of which much died, such as at its root, says little of the next.
inline constexpr const char* kEarlierRuns =
    "SELECT id FROM run INDEXED BY run_by_pipeline WHERE pipeline = ?1 AND id < ?2 AND state = 'finished' "
    "AND forgotten = 0 AND (SELECT sum(dead) * 10 <= sum(done + skipped) FROM tally WHERE run = run.id) "
    "ORDER BY id DESC LIMIT 5";

class Runs {
 public:
  Runs(Database& database, Queue& queue);

  // Begins it, if no run of its pipeline is open but what was put back to work. Else says which is.
  std::variant<Run, NotBegun> start(const NewRun& run, WallTime now);
  // Ends it if nothing of it is open. True if it did.
  bool finish(std::int64_t run, WallTime now);
  void cancel(std::int64_t run, WallTime now);
  bool stop(const StopRun& stop, WallTime now);
  bool resume(std::int64_t run);
  void note(const RunNote& note, WallTime now);
  void keep(const TakenSample& sample, WallTime now);
  std::vector<Run> open();
  // When the latest of them ended.
  std::optional<WallTime> latest_end();

 private:
  std::vector<Run> read(Statement& statement);
  std::vector<EarlierRun> earlier_than(const Run& run);

  Database& database_;
  Queue& queue_;
  Statement start_;
  Statement next_number_;
  Statement finish_;
  Statement cancel_;
  Statement stop_;
  Statement resume_;
  Statement note_;
  Statement keep_;
  Statement keep_seen_;
  Statement keep_sample_;
  Statement earlier_;
  Statement open_;
  Statement since_;
  Statement still_open_;
  Statement latest_end_;
};

}  // namespace fanout
