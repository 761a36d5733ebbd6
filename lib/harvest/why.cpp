#include "harvest/why.h"

#include <fmt/format.h>

#include "base/units.h"
#include "harvest/prospect.h"

namespace fanout {
namespace {

std::string because(const std::string& why) { return why.empty() ? "" : ": " + why; }

std::string moment(WallTime at) { return format_utc(at).substr(0, 19) + "Z"; }

}  // namespace

std::string Why::of_task(const TaskNow& now) const {
  const auto task = fmt::format("task {}, of level {} in run {}", now.task.id, now.task.level, now.task.run);
  switch (now.state) {
    case State::done:
      return task + ", is done";
    case State::skipped:
      return task + ", was skipped" + because(now.why);
    case State::dead:
      return task + ", is dead" + because(now.why);
    default:
      break;
  }
  const auto found = runs_.find(now.task.run);
  if (found == nullptr) return task + ": its run is not open here, or another process's";
  return task + ", " + of_open_task(now, *found);
}

std::string Why::of_open_task(const TaskNow& now, const ActiveRun& run) const {
  if (run.run.state == RunState::cancelled) return "will be skipped: its run is being cancelled";
  const auto held = why_blocked(run, committer_, runs_, dispatchers_);
  const auto* pipeline = runs_.pipeline_of(run);
  if (pipeline == nullptr || !committer_.blocked().empty() || !runs_.may_go(run))
    return "is held with its run: " + held;
  const auto& dispatcher = dispatchers_.of(pipeline->vendor);
  if (now.state == State::waiting) {
    const auto rest = held.empty() ? "" : "; besides, its vendor: " + held;
    return fmt::format("is due {}{}{}", moment(now.due), because(now.why), rest);
  }
  const bool claimed = now.state == State::leased;
  if (claimed && !dispatcher.waiting().has(now.task.run, now.task.id))
    return "is being asked: its request is in flight, or its answer is being kept";
  auto task = now.task;
  if (!claimed) ++task.attempts;  // as it will be claimed
  const auto what = binding(dispatcher, dispatcher.demand(task, run.names, *pipeline));
  if (!what.empty())
    return fmt::format("{}: {}", claimed ? "is claimed and waits" : "is ready and waits", what);
  if (claimed) return "is claimed, and goes with the next requests";
  return fmt::format("is ready, and its turn comes: {} of its run are ready, the deepest levels go first",
                     run.ready());
}

std::string Why::binding(const Dispatcher& dispatcher, const Demand& demand) const {
  const auto& vendor = dispatcher.spec().name;
  if (!dispatcher.is_open()) return fmt::format("vendor {}: {}", vendor, dispatcher.standstill().why);
  const auto now = clock_.mono();
  const auto binding = dispatcher.limiter().binding(demand, now);
  if (binding.until <= now) return {};
  const auto what = fmt::format("vendor {}: {}", vendor, dispatcher.limiter().text_of(binding, demand, now));
  if (binding.until == MonoTime::max()) return what;
  const auto left = std::chrono::ceil<milliseconds>(binding.until - now);
  return fmt::format("{}; until {} (in {})", what, moment(clock_.wall() + left), format_duration(left));
}

std::string Why::of_pipeline(const std::string& name) const {
  const auto* run = runs_.of_pipeline(name);
  if (run == nullptr)
    return fmt::format("no run of pipeline {} is open; how the last one ended, fanoutctl status says", name);
  const auto held = why_blocked(*run, committer_, runs_, dispatchers_);
  if (!held.empty()) return fmt::format("run {} of pipeline {} is held: {}", run->run.id, name, held);
  auto goes = fmt::format("run {} of pipeline {} goes on", run->run.id, name);
  const auto what = binding(dispatchers_.of(runs_.pipeline_of(*run)->vendor), {});
  if (!what.empty()) goes += ", as fast as it may; what bounds it is " + what;
  std::int64_t waiting = 0;
  for (const auto& tally : run->tallies) waiting += tally.waiting;
  if (waiting > 0) goes += fmt::format("; {} of its tasks wait, and fanoutctl stuck says for what", waiting);
  return goes;
}

std::string Why::of_vendor(const std::string& name) const {
  const auto& dispatcher = dispatchers_.of(name);
  const auto still = dispatcher.standstill();
  const auto what = binding(dispatcher, {});
  if (!still.why.empty())
    return fmt::format("vendor {} is held: {}", name,
                       what.empty() ? still.why : what.substr(what.find(": ") + 2));
  auto answer = what.empty() ? fmt::format("vendor {}: a request may leave now", name)
                             : fmt::format("the next request waits for {}", what);
  for (const auto& held : dispatcher.limiter().parts().why_some(clock_.mono()))
    answer += "; besides, " + held;
  if (const auto costs = dispatcher.costs().text(); !costs.empty())
    answer += "; a request counts for what replies tell that it costs, by level: " + costs;
  return answer;
}

}  // namespace fanout
