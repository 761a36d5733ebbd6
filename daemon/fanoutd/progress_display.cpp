#include "daemon/fanoutd/progress_display.h"

#include <unistd.h>

#include <utility>

namespace fanout {
namespace {

constexpr milliseconds kLiveEvery{200};
constexpr milliseconds kPlainEvery{3000};

void write_to(const Log& log, Severity severity, std::string_view line) {
  switch (severity) {
    case Severity::error:
      return log.error(line);
    case Severity::warning:
      return log.warning(line);
    case Severity::notice:
      return log.notice(line);
    case Severity::info:
      return log.info(line);
    case Severity::debug:
      return log.debug(line);
  }
}

}  // namespace

ProgressDisplay::ProgressDisplay(const boost::asio::any_io_executor& loop, const Clock& clock)
    : clock_(clock),
      live_(LiveLines::possible_on(STDOUT_FILENO)),
      log_is_here_(isatty(STDERR_FILENO) != 0),
      lines_(STDOUT_FILENO),
      timer_(loop) {}

Log ProgressDisplay::beside(const Log& log) {
  if (!live_ || !log_is_here_) return log;
  return Log([this, &log](Severity severity, std::string_view line) {
    lines_.make_way([&] { write_to(log, severity, line); });
  });
}

void ProgressDisplay::begin(std::function<std::vector<RunProgress>()> progress) {
  progress_ = std::move(progress);
  // Lines that nobody has read are old news by then: how many there were is nothing to say.
  if (!live_) plain_ = std::make_unique<LineWriter>(STDOUT_FILENO, [](std::size_t) { return std::string(); });
  wait();
}

void ProgressDisplay::end() {
  timer_.cancel();
  progress_ = nullptr;
  if (live_) lines_.erase();
  plain_.reset();
}

void ProgressDisplay::wait() {
  timer_.expires_after(live_ ? kLiveEvery : kPlainEvery);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error || !progress_) return;
    show();
    wait();
  });
}

void ProgressDisplay::show() {
  const auto runs = progress_();
  if (live_) {
    const auto now = clock_.mono();
    rates_.see(runs, now);
    lines_.draw(live_progress(
        runs, [&](std::int64_t run, const std::string& level) { return rates_.of(run, level, now); }));
    return;
  }
  for (const auto& run : runs) plain_->put(plain_progress(run) + "\n");
}

}  // namespace fanout
