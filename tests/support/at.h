// A moment of a clock that only a test knows.
#pragma once

#include "base/time.h"

namespace fanout {

inline MonoTime at(std::int64_t ms) { return MonoTime(milliseconds(ms)); }

}  // namespace fanout
