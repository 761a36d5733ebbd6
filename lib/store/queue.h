// The task rows: how they come to be, are claimed, and are settled.
//
// Every call is part of the caller's transaction. No query here grows with the queue: the claim reads an
// index that holds only what is ready, the promotion one that holds only what is waiting.
#pragma once

#include <optional>
#include <vector>

#include "store/database.h"
#include "store/store.h"

namespace fanout {

class Queue {
 public:
  explicit Queue(Database& database);

  void add(std::int64_t run, const Seed& seed, WallTime now);
  // Ignored if the task is not leased any more: somebody changed it by hand.
  void settle(const Settlement& settlement, WallTime now);
  // Waiting tasks whose time has come become ready.
  void promote(WallTime now);
  void claim(const ClaimWish& wish, std::vector<Task>& claimed);
  std::optional<WallTime> next_due();
  void tallies(std::int64_t run, std::vector<Tally>& tallies);

  // Puts dead letters back, or forgets them. Returns how many.
  std::int64_t move_dead(const DeadSelection& selection, WallTime now);
  // Skips some of what is ready or waiting in a cancelled run; leased tasks settle by themselves.
  void cancel_some(std::int64_t run, WallTime now);
  // After a crash: what was leased is ready again. A task that was in flight in many crashes is spread out
  // in time, so that one that causes them is found in flight alone, and is given up on in the end.
  std::int64_t take_back_leases(WallTime now);

 private:
  Statement add_;
  Statement settle_;
  Statement run_and_level_;
  Statement failed_;
  Statement died_;
  Statement promote_;
  Statement claim_;
  Statement next_due_;
  Statement tallies_;
  Statement cancel_some_;
  Database& database_;
};

}  // namespace fanout
