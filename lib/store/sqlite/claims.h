// Which tasks may go, and who has them: waiting tasks become ready, ready ones are leased.
//
// Every call is part of the caller's transaction, between Queue::begin() and Queue::write_tallies(). No query
// here grows with the queue: the claim reads an index that holds only what is ready, the promotion one that
// holds only what is waiting.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "store/sqlite/database.h"
#include "store/sqlite/tally_sheet.h"
#include "store/store.h"

namespace fanout {

// No task waits for longer. One that is due later still was put off by a clock that was ahead.
inline constexpr std::chrono::hours kLongestWait{7 * 24};

class Claims {
 public:
  Claims(Database& database, TallySheet& sheet);

  // Waiting tasks whose time has come become ready; so do those that a clock which was ahead put off by
  // longer than any task waits.
  void promote(WallTime now);
  // Tasks of that run which wait for a limit, and did so before, become ready with this promotion and those
  // after it.
  void wake(std::int64_t run);
  int call(const Call& call);
  void claim(const ClaimWish& wish, std::vector<Task>& claimed);
  // Some of the leases that are over and of claims before that one, as if nobody had claimed them.
  std::int64_t take_back_lost(std::int64_t oldest_claim, WallTime now);
  std::optional<WallTime> next_due(WallTime now);
  // When the next lease is over that is not over yet.
  std::optional<WallTime> next_lease_end(WallTime now);

 private:
  void wake_some();

  struct Waking {
    std::int64_t run = 0;
    std::int64_t before = 0;  // that claim
  };

  TallySheet& sheet_;
  std::vector<Waking> waking_;
  Statement promote_;
  Statement promote_far_;
  Statement wake_;
  Statement call_;
  Statement latest_claim_;
  Statement next_claim_;
  Statement claim_;
  Statement claim_fresh_;
  Statement lost_leases_;
  Statement next_due_;
  Statement next_lease_end_;
};

}  // namespace fanout
