#include "harvest/suspects.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace fanout {

milliseconds Suspects::refused(const Task& task, MonoTime now) {
  constexpr milliseconds kWaits[] = {seconds(1), seconds(5), seconds(10)};
  auto& refusals = refused_.try_emplace({task.run, task.id}, Refusals{now, 0}).first->second;
  return kWaits[std::min<std::size_t>(static_cast<std::size_t>(refusals.times++), std::size(kWaits) - 1)];
}

int Suspects::refusals(const Task& task) const {
  const auto found = refused_.find({task.run, task.id});
  return found == refused_.end() ? 0 : found->second.times;
}

bool Suspects::accepted_for_others(const Task& task, std::optional<MonoTime> served,
                                   bool vendor_is_well) const {
  const auto found = refused_.find({task.run, task.id});
  if (found == refused_.end()) return false;
  return (served && *served > found->second.first) || (found->second.times >= 2 && vendor_is_well);
}

void Suspects::failed(const Task& task) {
  if (failing_.size() < 2) failing_.insert(task.id);
}

void Suspects::forget_run(std::int64_t run) {
  refused_.erase(refused_.lower_bound({run, 0}), refused_.lower_bound({run + 1, 0}));
}

}  // namespace fanout
