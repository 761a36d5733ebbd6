// The rows beside the queue: parts, limiters, and the operator's orders.
//
// Every call is part of the caller's transaction.
#pragma once

#include <string>
#include <vector>

#include "store/sqlite/database.h"
#include "store/store.h"

namespace fanout {

class Upkeep {
 public:
  explicit Upkeep(Database& database);

  void keep(const Part& part);
  std::vector<Part> open_parts();
  int latest_part(std::int64_t run, const std::string& base);
  void keep(const LimiterRow& row);
  std::vector<LimiterRow> limiters();
  std::vector<Command> open_commands();
  void answer(const CommandOutcome& outcome, WallTime now);

 private:
  Statement keep_part_;
  Statement open_parts_;
  Statement latest_part_;
  Statement keep_limiter_;
  Statement limiters_;
  Statement open_commands_;
  Statement answer_;
};

}  // namespace fanout
