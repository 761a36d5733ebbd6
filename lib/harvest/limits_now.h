// What a vendor's configuration allows at this hour, for its limiter. Pure.
#pragma once

#include <optional>

#include "limit/limiter.h"
#include "spec/vendor.h"

namespace fanout {

// wall, mono: the same moment on both clocks.
Limits limits_now(const VendorSpec& spec, WallTime wall, MonoTime mono);
// When that is next otherwise by itself; nothing: never.
std::optional<WallTime> next_other_hour(const VendorSpec& spec, WallTime wall);

}  // namespace fanout
