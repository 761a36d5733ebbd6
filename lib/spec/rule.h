// What a [[…rule]] of the configuration says about a reply. A value.
#pragma once

#include <string>

#include "base/time.h"

namespace fanout {

// How a task goes on after a reply.
enum class Verdict { done, skip, snooze, retry, dead };
const char* verdict_name(Verdict verdict);

struct Rule {
  std::string when;  // SQL condition over status, body, header('name')
  Verdict then = Verdict::dead;
  milliseconds snooze{0};
};

}  // namespace fanout
