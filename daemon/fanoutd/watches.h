// What wakes the loop from outside: somebody wrote to the database, the clock was set, systemd wants to be
// fed; and what looks after the store thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <optional>

#include "daemon/fanoutd/clock_watch.h"
#include "daemon/fanoutd/database_watch.h"
#include "daemon/fanoutd/status_line.h"
#include "daemon/fanoutd/store_pulse.h"
#include "daemon/fanoutd/watchdog.h"

namespace fanout {

struct Watches {
  StorePulse pulse;
  std::optional<StatusLine> status{};  // as a daemon
  std::optional<DatabaseWatch> database{};
  std::optional<ClockWatch> clock{};
  std::optional<Watchdog> watchdog{};
};

}  // namespace fanout
