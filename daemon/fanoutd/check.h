// --check: says what the configuration means, and what of it would not work on this machine.
#pragma once

#include "base/error.h"
#include "spec/config.h"

namespace fanout {

// What it means to standard output, what is wrong to standard error.
Exit check(const Config& config);

}  // namespace fanout
