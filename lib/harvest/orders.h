// The operator's orders: rows of the control table, from fanoutctl or from the sqlite3 shell.
//
// Owned by the engine, on the loop. An order is answered in its row once its effect is in the store; one that
// a crash cut short is obeyed again, and each is harmless twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "harvest/commit.h"
#include "harvest/steering.h"

namespace fanout {

class Orders {
 public:
  Orders(Steering& steering, const Log& log) : steering_(steering), log_(log) {}

  // In their order. Answers go into `next`; it also asks to read again where more wait.
  void obey(const std::vector<Command>& commands, Commit& next);
  // What the commit has done of them.
  void committed(const Commit& commit, const Applied& applied, Commit& next);

 private:
  std::optional<std::string> obey(const Command& command, Commit& next);
  std::string sample(const std::string& target);
  std::optional<std::string> resume_run(const Command& command, Commit& next);
  std::optional<std::string> select_dead(const Command& command, Commit& next);
  void answer(const Command& command, const std::string& outcome, Commit& next);

  Steering& steering_;
  const Log& log_;
  std::vector<std::int64_t> obeying_;       // answered once their effect is in the store
  std::vector<Command> answer_with_count_;  // their dead letters are moved by the commit under way
  std::vector<Command> answer_with_run_;    // likewise, their stopped run is opened again
};

}  // namespace fanout
