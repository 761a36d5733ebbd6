#include "harvest/waiting_tasks.h"

#include <algorithm>
#include <limits>

namespace fanout {

void WaitingTasks::share(const std::string& pipeline, int weight) {
  turns_.set(pipeline, weight);
  firsts_.set(pipeline, weight);
}

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

std::size_t WaitingTasks::first_of(const std::deque<Claimed>& tasks, const Which& may) {
  if (!may) return 0;
  const Demand* refused = nullptr;  // many wait for the same
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Demand& demand = tasks[i].demand;
    if (refused != nullptr && *refused == demand) continue;
    if (may(demand)) return i;
    refused = &demand;
  }
  return tasks.size();
}

std::optional<WaitingTasks::Place> WaitingTasks::place_of_turn(const Which& may) const {
  std::vector<Place> able;
  std::vector<std::string> pipelines;
  for (const auto& [run, tasks] : by_run_) {
    const Place place{run, first_of(tasks, may)};
    if (place.index == tasks.size()) continue;
    able.push_back(place);
    if (by_run_.size() > 1) pipelines.push_back(tasks[place.index].pipeline);
  }
  if (able.empty()) return std::nullopt;
  if (able.size() == 1) return able.front();
  // Of two runs of one pipeline the later one.
  const auto turn = std::find(pipelines.rbegin(), pipelines.rend(), turns_.pick(pipelines));
  return able[static_cast<std::size_t>(pipelines.rend() - turn - 1)];
}

const Claimed* WaitingTasks::turn(const Which& may) const {
  const auto place = place_of_turn(may);
  return place ? &by_run_.at(place->run)[place->index] : nullptr;
}

std::optional<Claimed> WaitingTasks::next(const Which& may, const Which& goes) {
  const auto place = place_of_turn(may);
  if (!place) return std::nullopt;
  auto& tasks = by_run_.at(place->run);
  const auto chosen = tasks.begin() + static_cast<std::ptrdiff_t>(place->index);
  if (goes && !goes(chosen->demand)) return std::nullopt;
  Claimed claimed = std::move(*chosen);
  turns_.charge(claimed.pipeline, claimed.demand.cost);
  tasks.erase(chosen);
  --count_;
  if (tasks.empty()) by_run_.erase(place->run);
  return claimed;
}

std::vector<Claimed> WaitingTasks::take_if(const Which& which) {
  std::vector<std::string> pipelines;
  for (const auto& [run, tasks] : by_run_) pipelines.push_back(tasks.front().pipeline);
  const auto first = firsts_.pick(pipelines);
  std::vector<Claimed> taken;
  for (auto& [run, tasks] : by_run_) take_if(tasks, true, which, taken);
  for (const bool its_turn : {true, false}) {
    auto pipeline = pipelines.begin();
    for (auto& [run, tasks] : by_run_) {
      if ((*pipeline++ == first) == its_turn) take_if(tasks, false, which, taken);
    }
  }
  for (const auto& claimed : taken) remember(claimed);
  if (!taken.empty()) firsts_.charge(*first, 1);
  count_ -= taken.size();
  std::erase_if(by_run_, [](const auto& entry) { return entry.second.empty(); });
  return taken;
}

void WaitingTasks::take_if(std::deque<Claimed>& tasks, bool stayed, const Which& which,
                           std::vector<Claimed>& taken) {
  auto end = tasks.begin();
  for (auto& claimed : tasks) {
    if (claimed.stays == stayed && which(claimed.demand)) {
      taken.push_back(std::move(claimed));
      continue;
    }
    claimed.stays = claimed.stays || !stayed;
    if (&*end != &claimed) *end = std::move(claimed);
    ++end;
  }
  tasks.erase(end, tasks.end());
}

void WaitingTasks::look_at(const std::function<void(const Demand&, int count)>& look) const {
  for (const auto& [run, tasks] : by_run_) {
    for (auto first = tasks.begin(); first != tasks.end();) {
      const auto last = std::find_if(first, tasks.end(),
                                     [&](const Claimed& claimed) { return claimed.demand != first->demand; });
      look(first->demand, static_cast<int>(last - first));
      first = last;
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
