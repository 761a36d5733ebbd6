#include "daemon/fanoutd/voice.h"

#include <fmt/format.h>
#include <unistd.h>

namespace fanout {

Voice::Voice(const boost::asio::any_io_executor& loop, const Clock& clock, const Config& config, bool once)
    : display_(loop, clock),
      writer_(once && display_.live()
                  ? nullptr
                  : std::make_unique<LineWriter>(
                        STDERR_FILENO,
                        [format = config.log_format](std::size_t dropped) {
                          return log_line(
                              format, Severity::warning,
                              fmt::format("{} lines of this log were not written: whoever reads it did "
                                          "not for a while",
                                          dropped));
                        })),
      error_log_(error_log(config)),
      log_(once ? display_.beside(error_log_) : error_log_) {}

Log Voice::error_log(const Config& config) {
  return writer_ ? log_to(*writer_, config.log_format, config.log_level)
                 : standard_error_log(config.log_format, config.log_level);
}

void Voice::finish() {
  display_.end();
  if (writer_) writer_->wait_until_written(seconds(1));
}

}  // namespace fanout
