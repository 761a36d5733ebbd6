#include "daemon/fanoutd/status_line.h"

namespace fanout {

StatusLine::StatusLine(const boost::asio::any_io_executor& loop, const Engine& engine, Systemd& systemd)
    : engine_(engine), systemd_(systemd), timer_(loop) {}

void StatusLine::something_happened() {
  // What was written is not settled yet; and one line a second is plenty.
  if (!waiting_ && !ended_) look_in_a_second();
}

void StatusLine::end() {
  ended_ = true;
  timer_.cancel();
}

void StatusLine::look_in_a_second() {
  waiting_ = true;
  timer_.expires_after(seconds(1));
  timer_.async_wait([this](boost::system::error_code error) {
    waiting_ = false;
    if (error || ended_) return;
    systemd_.status(engine_.status());
    if (!engine_.progress().empty()) look_in_a_second();
  });
}

}  // namespace fanout
