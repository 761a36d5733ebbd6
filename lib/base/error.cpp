#include "base/error.h"

#include <cstdio>
#include <cstdlib>

namespace fanout {

void broken_invariant(const char* condition, const char* file, int line) {
  const char* priority = std::getenv("JOURNAL_STREAM") != nullptr ? "<0>" : "";
  std::fprintf(stderr, "%sbroken invariant: %s (%s:%d); this is a bug in fanoutd, please report it\n",
               priority, condition, file, line);
  std::abort();
}

}  // namespace fanout
