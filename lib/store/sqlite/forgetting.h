// What is old is forgotten, a little at a time: ended runs with their tasks, later their dead letters.
//
// A run that ended long ago is marked first, and from then on can't be put back to work. Then its paths and
// parts are deleted, then its tasks. What is left is the row of the run, and its dead letters with their
// tasks, ancestors and errors. When the time of the last of them is over, the row goes too.
//
// Every call is part of the caller's transaction, between Queue::begin() and Queue::write_tallies().
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/sqlite/database.h"
#include "store/sqlite/queue.h"
#include "store/store.h"

namespace fanout {

class Forgetting {
 public:
  Forgetting(Database& database, Queue& queue);

  // True while there is more.
  bool some(const Bygone& before, std::vector<DeadGone>& dead_gone);
  // What the last call did was rolled back.
  void rolled_back() { walk_ = {}; }

 private:
  struct Walk {  // through the tasks of a run: up to where it has come
    std::int64_t run = 0;
    std::string level;
    std::int64_t scope = 0;
    std::string key;
    std::int64_t page = 0;
  };
  bool some_tasks(std::int64_t run, bool dead_ones_too);
  bool some_rows_beside(std::int64_t run);
  bool some_dead_letters(WallTime before, std::vector<DeadGone>& dead_gone);
  void last_rows(std::int64_t run);

  Database& database_;
  Queue& queue_;
  Statement begun_;
  Statement hollow_;
  Statement oldest_;
  Statement left_behind_;
  Statement mark_;
  Statement tasks_;
  Statement dead_letters_;
  Walk walk_;
};

}  // namespace fanout
