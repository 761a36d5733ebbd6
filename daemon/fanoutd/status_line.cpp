#include "daemon/fanoutd/status_line.h"

#include <fmt/format.h>

#include <utility>

#include "base/units.h"

namespace fanout {

StatusLine::StatusLine(const boost::asio::any_io_executor& loop, const Engine& engine, StorePulse& pulse,
                       Systemd& systemd)
    : engine_(engine), pulse_(pulse), systemd_(systemd), timer_(loop) {}

void StatusLine::put_first(std::string warning) { warning_ = std::move(warning); }

void StatusLine::something_happened() {
  // What was written is not settled yet; and one line a second is plenty.
  if (!waiting_ && !ended_) look_in_a_second();
}

void StatusLine::look() {
  if (!ended_) systemd_.status(line());
}

void StatusLine::end() {
  ended_ = true;
  timer_.cancel();
}

std::string StatusLine::line() const {
  auto text = warning_.empty() ? std::string() : warning_ + "; ";
  if (const auto silence = pulse_.silence()) {
    text += fmt::format("the disk has not answered for {}; ", format_duration(*silence));
  }
  return text + engine_.status();
}

void StatusLine::look_in_a_second() {
  waiting_ = true;
  timer_.expires_after(seconds(1));
  timer_.async_wait([this](boost::system::error_code error) {
    waiting_ = false;
    if (error || ended_) return;
    pulse_.ask();
    look();
    if (pulse_.silence() || !engine_.progress().empty()) look_in_a_second();
  });
}

}  // namespace fanout
