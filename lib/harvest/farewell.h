// What the log says of a run that has ended.
#pragma once

#include "base/log.h"
#include "base/time.h"
#include "harvest/active_run.h"

namespace fanout {

void say_farewell(const ActiveRun& run, WallTime now, const Log& log);

}  // namespace fanout
