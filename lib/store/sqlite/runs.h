// The run rows: begun, noted, ended, and in the end forgotten.
//
// Every call is part of the caller's transaction.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/sqlite/database.h"
#include "store/sqlite/queue.h"
#include "store/store.h"

namespace fanout {

class Runs {
 public:
  Runs(Database& database, Queue& queue);

  Run start(const NewRun& run, WallTime now);
  // Ends it if nothing of it is open. True if it did.
  bool finish(std::int64_t run, WallTime now);
  void cancel(std::int64_t run, WallTime now);
  void note(const RunNote& note, WallTime now);
  std::vector<Run> open();
  std::map<std::string, Run> last_by_pipeline();
  // Deletes some rows of runs that ended before that moment; true while there is more.
  bool prune_some(WallTime before);

 private:
  std::optional<std::int64_t> oldest_to_prune(WallTime before);
  std::vector<Run> read(Statement& statement);

  Database& database_;
  Queue& queue_;
  Statement start_;
  Statement next_number_;
  Statement finish_;
  Statement cancel_;
  Statement note_;
  Statement open_;
  Statement since_;
  Statement oldest_;
  Statement left_behind_;
};

}  // namespace fanout
