// What the daemon says, to whom: log lines to standard error, how far it is to standard output, its status to
// systemd.
//
// On the loop; the log from any thread. A reader that hangs holds nothing up, but for the terminal on which
// the live lines of --once are drawn: there log lines and drawings must take turns.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "base/clock.h"
#include "base/line_writer.h"
#include "base/log.h"
#include "daemon/fanoutd/progress_display.h"
#include "daemon/fanoutd/systemd.h"
#include "spec/config.h"

namespace fanout {

class Voice {
 public:
  Voice(const boost::asio::any_io_executor& loop, const Clock& clock, const Config& config, bool once);

  const Log& log() const { return log_; }
  ProgressDisplay& display() { return display_; }
  Systemd& systemd() { return systemd_; }
  // Takes what is drawn away and writes what waits to be written, as far as somebody reads it.
  void finish();

 private:
  Log error_log(const Config& config);

  ProgressDisplay display_;
  std::unique_ptr<LineWriter> writer_;  // none where lines are drawn
  Log error_log_;
  Log log_;
  Systemd systemd_;
};

}  // namespace fanout
