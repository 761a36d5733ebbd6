// What systemd is told: ready, reloading, stopping, and one line of status. Without systemd nothing happens.
//
// On the loop; never fails.
#pragma once

#include <string>

#include "base/time.h"

namespace fanout {

class Systemd {
 public:
  void ready(const std::string& status);
  void reloading(microseconds monotonic);  // of CLOCK_MONOTONIC, which systemd compares by
  void stopping(const std::string& status);
  void status(const std::string& status);  // told only if it is news
  void alive();                            // feeds the watchdog

 private:
  std::string told_;
};

}  // namespace fanout
