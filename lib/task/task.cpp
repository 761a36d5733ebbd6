#include "task/task.h"

namespace fanout {

const char* state_name(State state) {
  switch (state) {
    case State::waiting:
      return "waiting";
    case State::ready:
      return "ready";
    case State::leased:
      return "leased";
    case State::done:
      return "done";
    case State::skipped:
      return "skipped";
    case State::dead:
      return "dead";
  }
  return "dead";
}

State state_of(std::string_view name) {
  for (const auto state : {State::waiting, State::ready, State::leased, State::done, State::skipped}) {
    if (name == state_name(state)) return state;
  }
  return State::dead;
}

}  // namespace fanout
