// What one transaction's changes to tasks come to, added to the rows of `tally` at once.
//
// The triggers of the schema keep the tallies right when anybody else writes; they cost more than the change
// itself, so the daemon's connection fires none and counts here. Owned by the queue. Every call is part of
// the caller's transaction; what a transaction that failed had noted is gone with the next clear().
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/database.h"
#include "store/store.h"
#include "task/task.h"

namespace fanout {

class TallySheet {
 public:
  // From here on the connection fires no triggers.
  explicit TallySheet(Database& database);

  void clear();
  void made(std::int64_t run, std::string_view level, int depth, State to);
  void moved(std::int64_t run, std::string_view level, int depth, State from, State to);
  // Of each row of an UPDATE that returns run, level and depth; says how many there were.
  std::int64_t moved_rows(Statement& update, State from, State to);
  void gone(std::int64_t run, std::string_view level, int depth, State from);
  void left_out(std::int64_t run, std::string_view level, int depth, const LeftOut& items);
  // Adds what was noted to the rows.
  void write();

 private:
  struct Line {
    std::int64_t run = 0;
    std::string level;
    int depth = 0;
    std::array<std::int64_t, 6> change{};  // by State
    LeftOut left_out{};
  };
  Line& line(std::int64_t run, std::string_view level, int depth);
  std::int64_t& change(std::int64_t run, std::string_view level, int depth, State state);

  Statement add_;
  std::vector<Line> lines_;  // as many as levels in one batch: few
};

}  // namespace fanout
