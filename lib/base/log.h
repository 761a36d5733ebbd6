// Log lines on standard error, with a priority that journald understands, or as JSON.
//
// Owned by main and handed down; any thread may write. A line says what happened, to what, and what to do
// next; it never holds a secret or more than an excerpt of what a vendor sent.
#pragma once

#include <functional>
#include <string_view>

namespace fanout {

enum class Severity { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };  // syslog's numbers
const char* severity_name(Severity severity);
enum class LogFormat { text, journal, json };

class Log {
 public:
  using Sink = std::function<void(Severity, std::string_view)>;
  explicit Log(Sink sink) : sink_(std::move(sink)) {}

  void error(std::string_view line) const { sink_(Severity::error, line); }
  void warning(std::string_view line) const { sink_(Severity::warning, line); }
  void notice(std::string_view line) const { sink_(Severity::notice, line); }
  void info(std::string_view line) const { sink_(Severity::info, line); }
  void debug(std::string_view line) const { sink_(Severity::debug, line); }

 private:
  Sink sink_;
};

// Writes to standard error. `journal` puts "<6>" in front of a line, as sd-daemon(3) says.
Log standard_error_log(LogFormat format, Severity least);

}  // namespace fanout
