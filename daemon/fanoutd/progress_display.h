// Shows how far --once is on standard output: live on a terminal, else a line every few seconds.
//
// On the loop; log lines from any thread make it give way. Only --once begins one, so its timer wakes no
// daemon. Whoever reads the plain lines may hang: they are written on a thread of their own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/line_writer.h"
#include "base/log.h"
#include "daemon/fanoutd/progress_lines.h"
#include "daemon/live_lines.h"

namespace fanout {

class ProgressDisplay {
 public:
  ProgressDisplay(const boost::asio::any_io_executor& loop, const Clock& clock);

  // The same log, whose lines do not get mixed up with the live ones. Both must outlive what it returns.
  Log beside(const Log& log);

  bool live() const { return live_; }
  void begin(std::function<std::vector<RunProgress>()> progress);
  void end();

 private:
  void wait();
  void show();

  const Clock& clock_;
  bool live_;
  bool log_is_here_;  // log lines go to a terminal too
  LiveLines lines_;
  std::unique_ptr<LineWriter> plain_;
  LevelRates rates_;
  std::function<std::vector<RunProgress>()> progress_;
  boost::asio::steady_timer timer_;
};

}  // namespace fanout
