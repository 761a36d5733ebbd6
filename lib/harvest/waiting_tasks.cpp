#include "harvest/waiting_tasks.h"

#include <algorithm>
#include <limits>

namespace fanout {

void WaitingTasks::add(Claimed claimed) {
  if (const auto begun = begun_.find({claimed.task.run, claimed.task.id}); begun != begun_.end()) {
    claimed.so_far = std::move(begun->second);
    begun_.erase(begun);
  }
  by_run_[claimed.task.run].push_back(std::move(claimed));
  ++count_;
}

void WaitingTasks::add_in_front(Claimed claimed) {
  by_run_[claimed.task.run].push_front(std::move(claimed));
  ++count_;
}

std::optional<Claimed> WaitingTasks::next() {
  if (count_ == 0) return std::nullopt;
  auto chosen = by_run_.begin();
  if (by_run_.size() > 1) {
    std::vector<std::string> pipelines;
    for (const auto& [run, tasks] : by_run_) pipelines.push_back(tasks.front().pipeline);
    const auto turn = turns_.pick(pipelines);
    for (auto it = by_run_.begin(); turn && it != by_run_.end(); ++it) {
      if (it->second.front().pipeline == *turn) chosen = it;
    }
  }
  Claimed claimed = std::move(chosen->second.front());
  turns_.charge(claimed.pipeline, 1);
  chosen->second.pop_front();
  --count_;
  if (chosen->second.empty()) by_run_.erase(chosen);
  return claimed;
}

std::vector<Claimed> WaitingTasks::take_all() {
  std::vector<Claimed> taken;
  while (!by_run_.empty()) {
    for (auto& claimed : take_run(by_run_.begin()->first)) taken.push_back(std::move(claimed));
  }
  return taken;
}

std::vector<Claimed> WaitingTasks::take_run(std::int64_t run) {
  std::vector<Claimed> taken;
  const auto found = by_run_.find(run);
  if (found == by_run_.end()) return taken;
  for (auto& claimed : found->second) {
    remember(claimed);
    taken.push_back(std::move(claimed));
  }
  count_ -= taken.size();
  by_run_.erase(found);
  return taken;
}

std::size_t WaitingTasks::count(std::int64_t run) const {
  const auto found = by_run_.find(run);
  return found == by_run_.end() ? 0 : found->second.size();
}

std::int64_t WaitingTasks::oldest_claim() const {
  auto oldest = std::numeric_limits<std::int64_t>::max();
  for (const auto& [run, tasks] : by_run_) {
    for (const auto& claimed : tasks) oldest = std::min(oldest, claimed.task.claim);
  }
  return oldest;
}

void WaitingTasks::remember(const Claimed& claimed) {
  if (claimed.so_far != AttemptSoFar()) begun_[{claimed.task.run, claimed.task.id}] = claimed.so_far;
}

void WaitingTasks::forget_run(std::int64_t run) {
  begun_.erase(begun_.lower_bound({run, 0}), begun_.lower_bound({run + 1, 0}));
}

}  // namespace fanout
