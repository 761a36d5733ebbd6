// Seeds, and ways in which a claimed task goes on, for the tests of stores.
#pragma once

#include <string>

#include "base/time.h"
#include "store/store.h"
#include "task/task.h"

namespace fanout {

inline const WallTime kNow = from_unix_ms(1'800'000'000'000);  // 2027-01-15 08:00:00

inline Seed seed(const std::string& level, int depth, const std::string& key, std::int64_t parent = 0) {
  Seed seed;
  seed.level = level;
  seed.depth = depth;
  seed.key = key;
  seed.parent = parent;
  seed.scope = parent;
  seed.parents = "{}";
  return seed;
}

inline Settlement settlement(const Task& task, State to) {
  Settlement settlement;
  settlement.task = task.id;
  settlement.claim = task.claim;
  settlement.to = to;
  return settlement;
}

inline Settlement put_off(const Task& task, WallTime due, bool snoozed) {
  auto put_off = settlement(task, State::waiting);
  put_off.due = due;
  put_off.spent = !snoozed;
  put_off.snoozed = snoozed;
  return put_off;
}

inline Settlement died(const Task& task, const std::string& reason, int status = 500) {
  auto died = settlement(task, State::dead);
  died.reason = reason;
  died.failure = Failure{task.attempts, status, reason};
  died.request = "GET https://vendor.example/x";
  return died;
}

}  // namespace fanout
