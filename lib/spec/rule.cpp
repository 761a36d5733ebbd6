#include "spec/rule.h"

namespace fanout {

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::done:
      return "done";
    case Verdict::skip:
      return "skip";
    case Verdict::snooze:
      return "snooze";
    case Verdict::retry:
      return "retry";
    case Verdict::dead:
      return "dead";
  }
  return "dead";
}

}  // namespace fanout
