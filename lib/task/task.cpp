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

}  // namespace fanout
