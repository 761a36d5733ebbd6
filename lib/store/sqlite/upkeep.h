// The rows beside the queue: parts, limiters, schedules, the operator's orders, and what the daemon says of
// itself.
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
  void keep(const AnswerPath& path);
  std::int64_t owner_of(std::int64_t run, const std::string& path);
  void keep(const LimiterRow& row);
  std::vector<LimiterRow> limiters();
  void keep(const ScheduleRow& row);
  std::vector<ScheduleRow> schedules();
  std::vector<Command> open_commands();
  void answer(const CommandOutcome& outcome, WallTime now);
  // Deletes some orders that were answered before that moment; true while there is more.
  bool forget_some_orders(WallTime before);
  void note(const Notice& notice, WallTime now);

 private:
  // The task of that number.
  std::optional<TaskNow> about(const std::string& number);

  Database& database_;
  Statement keep_part_;
  Statement open_parts_;
  Statement latest_part_;
  Statement keep_answer_path_;
  Statement owner_of_;
  Statement keep_limiter_;
  Statement forget_limiter_;
  Statement limiters_;
  Statement keep_schedule_;
  Statement open_commands_;
  Statement about_;
  Statement answer_;
  Statement forget_orders_;
  Statement note_;
  Statement forget_note_;
};

}  // namespace fanout
