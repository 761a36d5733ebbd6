// What a [[…rule]] of the configuration says about a reply. A value.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace fanout {

// How a task goes on after a reply.
enum class Verdict { done, skip, snooze, retry, dead };
const char* verdict_name(Verdict verdict);

struct Rule {
  std::string when;  // SQL condition over status, body, header('name')
  Verdict then = Verdict::dead;
  std::optional<milliseconds> snooze;  // how long, of a snooze and a hold; empty: it does not say
  bool holds = false;                  // the vendor, not only the task, which is snoozed then
  std::string wait{};                  // SQL that gives how long from the reply; empty: none
};

}  // namespace fanout
