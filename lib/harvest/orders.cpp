#include "harvest/orders.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace fanout {
namespace {

constexpr std::size_t kMostOrders = 100;  // that the store reads at once

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

// One that is named is there, or it is a slip; of many there may be none.
std::string outcome_of(const Command& order, const DeadMoved& dead) {
  const bool names_one = number_in(order.target).has_value();
  if (dead.moved + dead.forgotten + dead.cancelling == 0) {
    if (names_one) {
      return fmt::format(
          "refused: task {} is no dead letter, or none any more: it was put back, dropped or forgotten with "
          "its run; "
          "there are: fanoutctl dead list",
          order.target);
    }
    return "0 tasks: there are no such dead letters";
  }
  if (names_one && dead.moved == 0) {
    return dead.forgotten > 0
               ? "refused: it stays dead, because its run is gone: it can be looked at and dropped, no more"
               : "refused: it stays dead until its run, which is being cancelled, has ended";
  }
  auto text = fmt::format("{} {}", dead.moved, dead.moved == 1 ? "task" : "tasks");
  if (dead.forgotten > 0) {
    text +=
        fmt::format("; {} stay dead, because their run is gone: they can be looked at and dropped, no more",
                    dead.forgotten);
  }
  if (dead.cancelling > 0) {
    text +=
        fmt::format("; {} stay dead until their run, which is being cancelled, has ended", dead.cancelling);
  }
  return text;
}

}  // namespace

void Orders::obey(const std::vector<Command>& commands, Commit& next) {
  if (commands.size() >= kMostOrders) next.batch.read_commands = true;
  for (const auto& command : commands) {
    if (std::ranges::count(obeying_, command.id) > 0) continue;
    // One about a run that an order before it begins waits until there is that run.
    if (command.command != "start" && command.command != "why" && steering_.is_beginning(command.target)) {
      next.batch.read_commands = true;
      return;
    }
    obeying_.push_back(command.id);
    if (const auto outcome = obey(command, next)) answer(command, *outcome, next);
  }
}

void Orders::committed(const Commit& commit, const Applied& applied, Commit& next) {
  const auto moved = std::min(answer_with_count_.size(), applied.dead_moved.size());
  for (std::size_t i = 0; i < moved; ++i) {
    answer(answer_with_count_[i], outcome_of(answer_with_count_[i], applied.dead_moved[i]), next);
  }
  answer_with_count_.erase(answer_with_count_.begin(),
                           answer_with_count_.begin() + static_cast<std::ptrdiff_t>(moved));
  const auto resumed = std::min(answer_with_run_.size(), applied.resumed.size());
  for (std::size_t i = 0; i < resumed; ++i) {
    const auto& order = answer_with_run_[i];
    answer(order,
           applied.resumed[i] ? order.target + " goes on"
                              : "refused: " + order.target + " is no run that was stopped",
           next);
  }
  answer_with_run_.erase(answer_with_run_.begin(),
                         answer_with_run_.begin() + static_cast<std::ptrdiff_t>(resumed));
  for (const auto& answered : commit.batch.answered) std::erase(obeying_, answered.id);
}

void Orders::answer(const Command& command, const std::string& outcome, Commit& next) {
  next.batch.answered.push_back({command.id, outcome});
  log_.notice(fmt::format("order {}: {} {}: {}", command.id, command.command, command.target, outcome));
}

// Nothing: the outcome is known when it is committed.
std::optional<std::string> Orders::obey(const Command& command, Commit& next) {
  if (command.command == "pause") return steering_.pause(command.target, true);
  if (command.command == "resume" && command.target.starts_with("run/")) return resume_run(command, next);
  if (command.command == "resume") return steering_.pause(command.target, false);
  if (command.command == "start") return steering_.start(command.target);
  if (command.command == "sample") return sample(command.target);
  if (command.command == "cancel") return steering_.cancel(command.target);
  if (command.command == "why") return steering_.why(command);
  return select_dead(command, next);
}

// "monitoring/50"
std::string Orders::sample(const std::string& target) {
  constexpr std::int64_t kMost = 1'000'000;
  const auto slash = target.rfind('/');
  const auto most = slash == std::string::npos ? std::nullopt : number_in(target.substr(slash + 1));
  if (!most || *most > kMost) return "refused: " + target + " is no PIPELINE/N, N requests at most";
  return steering_.sample(target.substr(0, slash), static_cast<int>(*most));
}

std::optional<std::string> Orders::resume_run(const Command& command, Commit& next) {
  const auto run = number_in(command.target.substr(4));
  if (!run) return "refused: " + command.target + " is no run/N";
  next.batch.resume_runs.push_back(*run);
  answer_with_run_.push_back(command);
  return std::nullopt;
}

std::optional<std::string> Orders::select_dead(const Command& command, Commit& next) {
  DeadSelection selection;
  selection.drop = command.command == "drop";
  if (const auto task = number_in(command.target)) {
    selection.task = *task;
  } else if (command.target.starts_with("run/") && number_in(command.target.substr(4))) {
    selection.run = *number_in(command.target.substr(4));
  } else if (steering_.is_pipeline(command.target)) {
    selection.pipeline = command.target;
  } else if (command.target != "all") {
    return fmt::format("refused: {} is no task's number, no run/N, no pipeline, and not 'all'",
                       command.target);
  }
  next.batch.dead.push_back(std::move(selection));
  answer_with_count_.push_back(command);
  return std::nullopt;
}

}  // namespace fanout
