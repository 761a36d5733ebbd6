// A stretch of time that was booked for some requests. A value.
#pragma once

#include "base/time.h"

namespace fanout {

struct Span {
  MonoTime from{};
  MonoTime to{};
};

}  // namespace fanout
