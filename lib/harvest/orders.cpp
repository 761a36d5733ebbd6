// The operator's orders: rows of the control table, from fanoutctl or from the sqlite3 shell.
//
// An order is answered in its row once its effect is in the store; one that a crash cut short is obeyed
// again, and each is harmless twice.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harvest/engine.h"
#include "harvest/flight.h"

namespace fanout {
namespace {

template <typename Map>
std::string names_in(const Map& map) {
  std::string names;
  for (const auto& [name, value] : map) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "none" : names;
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

}  // namespace

void Engine::obey(const std::vector<Command>& commands) {
  for (const auto& command : commands) {
    if (std::ranges::count(obeying_, command.id) > 0) continue;
    // In their order: one about a run that an order before it begins waits until there is that run.
    if (command.command != "start" && is_beginning(command.target)) {
      read_orders_ = true;
      return;
    }
    obeying_.push_back(command.id);
    const bool moves_dead = command.command == "redrive" || command.command == "drop";
    const auto outcome = moves_dead ? select_dead(command) : obey(command);
    if (!outcome) {
      answer_with_count_.push_back(command);  // and said then
      continue;
    }
    pending_.batch.answered.push_back({command.id, *outcome});
    on_.log.notice(fmt::format("order {}: {} {}: {}", command.id, command.command, command.target, *outcome));
  }
}

std::string Engine::obey(const Command& command) {
  if (command.command == "pause" || command.command == "resume") {
    return pause(command.target, command.command == "pause");
  }
  auto* open = open_run_of(command.target);
  const bool cancels_a_removed_one = command.command == "cancel" && open != nullptr;
  if (!config_->pipelines.contains(command.target) && !cancels_a_removed_one) {
    return fmt::format("refused: no pipeline {} in the configuration; there are: {}", command.target,
                       names_in(config_->pipelines));
  }
  if (command.command == "start") {
    if (open != nullptr) return fmt::format("refused: run {} of it is still open", open->run.id);
    if (is_beginning(command.target)) return "refused: a run of it is just beginning";
    start_run(command.target, "control", on_.clock.wall());
    return "started";
  }
  if (open == nullptr) return "refused: no run of it is open";
  open->run.state = RunState::cancelled;
  put_back_what_may_not_go();
  return fmt::format("run {} is cancelled; requests in flight still end", open->run.id);
}

std::string Engine::pause(const std::string& target, bool paused) {
  const std::string outcome = paused ? "paused" : "resumed";
  bool found = false;
  if (const auto gate = gates_.find(target); gate != gates_.end()) {
    gate->second->pause(paused);
    const auto until =
        gate->second->spec().rates.empty() ? on_.clock.mono() : on_.clock.mono() + cover_ahead_;
    pending_.batch.limiters.push_back(gate->second->save(until));
    pending_.batch.limiters.back().decides_pause = true;
    found = true;
  }
  if (config_->pipelines.contains(target)) {
    paused ? void(paused_pipelines_.insert(target)) : void(paused_pipelines_.erase(target));
    keep_considered(target, agenda_.considered(target));
    pending_.batch.limiters.back().decides_pause = true;
    found = true;
  }
  put_back_what_may_not_go();
  if (found) return outcome;
  return fmt::format("refused: no pipeline or vendor {}; there are pipelines {} and vendors {}", target,
                     names_in(config_->pipelines), names_in(gates_));
}

// Puts the selection into the next turn, or says why not.
std::optional<std::string> Engine::select_dead(const Command& command) {
  DeadSelection selection;
  selection.drop = command.command == "drop";
  if (const auto task = number_in(command.target)) {
    selection.task = *task;
  } else if (command.target.starts_with("run/") && number_in(command.target.substr(4))) {
    selection.run = *number_in(command.target.substr(4));
  } else if (config_->pipelines.contains(command.target)) {
    selection.pipeline = command.target;
  } else if (command.target != "all") {
    return fmt::format("refused: {} is no task's number, no run/N, no pipeline, and not 'all'",
                       command.target);
  }
  pending_.batch.dead.push_back(std::move(selection));
  return std::nullopt;
}

}  // namespace fanout
