// What the log says of a run that has ended.
#pragma once

#include <string>

#include "base/log.h"
#include "base/time.h"
#include "harvest/active_run.h"

namespace fanout {

// fanoutctl: how it is called from any folder.
void say_farewell(const ActiveRun& run, WallTime now, const std::string& fanoutctl, const Log& log);

}  // namespace fanout
