#include "daemon/fanoutd/systemd.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include "daemon/layout.h"

namespace fanout {

void Systemd::ready(const std::string& status) {
  told_ = status;
  sd_notify(0, fmt::format("READY=1\nSTATUS={}", one_line(status)).c_str());
}

void Systemd::reloading(microseconds monotonic) {
  sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic.count()).c_str());
}

void Systemd::stopping(const std::string& status) {
  told_ = status;
  sd_notify(0, fmt::format("STOPPING=1\nSTATUS={}", one_line(status)).c_str());
}

void Systemd::status(const std::string& status) {
  if (status == told_) return;
  told_ = status;
  sd_notify(0, fmt::format("STATUS={}", one_line(status)).c_str());
}

void Systemd::alive() { sd_notify(0, "WATCHDOG=1"); }

}  // namespace fanout
