// The task rows: how they come to be, are settled, come back, and go. How they are claimed is in claims.h.
//
// Every call is part of the caller's transaction, between begin() and write_tallies(). Its connection fires
// no triggers: what they do when somebody else writes is done here.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/database.h"
#include "store/sqlite/tally_sheet.h"
#include "store/store.h"

namespace fanout {

// As much of a task as its tally needs.
struct KnownTask {
  std::int64_t id = 0;
  std::int64_t run = 0;
  std::string level;
  int depth = 0;
  State state = State::done;
};

class Queue {
 public:
  explicit Queue(Database& database);

  TallySheet& sheet() { return sheet_; }
  void begin() { sheet_.clear(); }
  // The rows of `tally` are right from here on, until the next change.
  void write_tallies() { sheet_.write(); }

  void add(std::int64_t run, const Seed& seed, WallTime now);
  // False, with nothing changed, if the task is not leased by that claim any more: somebody changed it by
  // hand.
  bool settle(const Settlement& settlement, WallTime now);
  void tallies(std::int64_t run, std::vector<Tally>& tallies);

  // Puts dead letters back, or forgets them.
  DeadMoved move_dead(const DeadSelection& selection, WallTime now);
  // Skips some of what is ready or waiting in a cancelled run; leased tasks settle by themselves.
  void cancel_some(std::int64_t run, WallTime now);
  // Deletes a task, with all that is known of it.
  void forget(const KnownTask& task);
  // After a crash: what was leased is ready again. A task that was in flight in many crashes is spread out
  // in time, so that one that causes them is found in flight alone, and is given up on in the end.
  std::map<std::int64_t, std::int64_t> take_back_leases(WallTime now);  // how many, by run

 private:
  void settle_as(const Settlement& settlement, WallTime now);
  void keep_dead_letter(std::int64_t task, std::int64_t run, std::string_view level, WallTime now, int status,
                        std::string_view reason, std::string_view request);

  TallySheet sheet_;  // first: statements after it are prepared without triggers
  Statement add_;
  Statement leased_;
  Statement settle_;
  Statement failed_;
  Statement died_;
  Statement tallies_;
  Statement cancel_ready_;
  Statement cancel_waiting_;
  Statement forget_task_;
  Statement forget_attempts_;
  Statement forget_dead_letter_;
  Database& database_;
};

}  // namespace fanout
