#include "base/error.h"

#include <cstdio>
#include <cstdlib>

namespace fanout {

void broken_invariant(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "<0>broken invariant: %s (%s:%d); this is a bug in fanoutd, please report it\n",
               condition, file, line);
  std::abort();
}

}  // namespace fanout
