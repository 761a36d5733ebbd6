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

std::deque<Claimed>::iterator WaitingTasks::first_of(std::deque<Claimed>& tasks, const Which& may_go) {
  const Demand* refused = nullptr;  // many wait for the same
  return std::ranges::find_if(tasks, [&](const Claimed& claimed) {
    if (!may_go) return true;
    if (refused != nullptr && *refused == claimed.demand) return false;
    if (may_go(claimed.demand)) return true;
    refused = &claimed.demand;
    return false;
  });
}

std::optional<Claimed> WaitingTasks::next(const Which& may_go) {
  struct Able {
    std::map<std::int64_t, std::deque<Claimed>>::iterator run;
    std::deque<Claimed>::iterator task;
  };
  std::vector<Able> able;
  for (auto run = by_run_.begin(); run != by_run_.end(); ++run) {
    const auto task = first_of(run->second, may_go);
    if (task != run->second.end()) able.push_back({run, task});
  }
  if (able.empty()) return std::nullopt;
  Able chosen = able.front();
  if (able.size() > 1) {
    std::vector<std::string> pipelines;
    for (const auto& each : able) pipelines.push_back(each.task->pipeline);
    const auto turn = turns_.pick(pipelines);
    chosen = *std::ranges::find_if(able, [&](const Able& each) { return each.task->pipeline == turn; });
  }
  Claimed claimed = std::move(*chosen.task);
  turns_.charge(claimed.pipeline, claimed.demand.cost);
  chosen.run->second.erase(chosen.task);
  --count_;
  if (chosen.run->second.empty()) by_run_.erase(chosen.run);
  return claimed;
}

std::vector<Claimed> WaitingTasks::take_if(const Which& which) {
  std::vector<Claimed> taken;
  for (auto& [run, tasks] : by_run_) {
    auto stays = tasks.begin();
    for (auto& claimed : tasks) {
      if (which(claimed.demand)) {
        remember(claimed);
        taken.push_back(std::move(claimed));
      } else {
        if (&*stays != &claimed) *stays = std::move(claimed);
        ++stays;
      }
    }
    tasks.erase(stays, tasks.end());
  }
  count_ -= taken.size();
  std::erase_if(by_run_, [](const auto& entry) { return entry.second.empty(); });
  return taken;
}

void WaitingTasks::look_at(const std::function<bool(const Demand&)>& enough) const {
  const Demand* latest = nullptr;
  for (const auto& [run, tasks] : by_run_) {
    for (const auto& claimed : tasks) {
      if (latest != nullptr && *latest == claimed.demand) continue;
      latest = &claimed.demand;
      if (enough(claimed.demand)) return;
    }
  }
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

std::size_t WaitingTasks::count_if(const Which& which) const {
  std::size_t count = 0;
  const Demand* latest = nullptr;  // many wait for the same
  bool counts = false;
  for (const auto& [run, tasks] : by_run_) {
    for (const auto& claimed : tasks) {
      if (latest == nullptr || *latest != claimed.demand) counts = which(claimed.demand);
      latest = &claimed.demand;
      count += counts ? 1 : 0;
    }
  }
  return count;
}

bool WaitingTasks::has(std::int64_t run, std::int64_t task) const {
  const auto found = by_run_.find(run);
  return found != by_run_.end() &&
         std::ranges::any_of(found->second, [&](const Claimed& claimed) { return claimed.task.id == task; });
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
