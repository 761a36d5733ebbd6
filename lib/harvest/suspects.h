// Which tasks may themselves be why they fail: what tells a vendor's failure from that of a single task.
//
// Owned by a dispatcher, on the loop; told the time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/time.h"
#include "task/task.h"

namespace fanout {

class Suspects {
 public:
  // The credentials were refused for this task, also after they were renewed. Says how long it is to wait:
  // longer each time, so that others can show meanwhile whether they are accepted.
  milliseconds refused(const Task& task, MonoTime now);
  int refusals(const Task& task) const;
  // They are accepted for others, so the refusal is the task's own fault: a request that left since the first
  // refusal was answered well; or this is the third, and the vendor has just answered others well.
  // served: when the latest request left that was answered well.
  bool accepted_for_others(const Task& task, std::optional<MonoTime> served, bool vendor_is_well) const;

  void failed(const Task& task);
  void answered_well() { failing_.clear(); }
  // More than one task has failed since a request was last answered well.
  bool several_fail() const { return failing_.size() > 1; }

  void settled(const Task& task) { failing_.erase(task.id); }
  void forget_run(std::int64_t run);

 private:
  struct Refusals {
    MonoTime first;
    int times = 0;
  };
  std::map<std::pair<std::int64_t, std::int64_t>, Refusals> refused_;  // by run and task
  std::set<std::int64_t> failing_;                                     // two at most
};

}  // namespace fanout
