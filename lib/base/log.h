// Log lines on standard error, with their time, or a priority that journald understands, or as JSON.
//
// Owned by main and handed down; any thread may write. A line says what happened, to what, and what to do
// next; it never holds a secret or more than an excerpt of what a vendor sent.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace fanout {

class LineWriter;

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

// A message as it is written: a line with its end, however many line breaks the message holds. `journal` puts
// "<6>" in front of it, as sd-daemon(3) says; the others begin with the moment, `json` in UTC.
std::string log_line(LogFormat format, Severity severity, std::string_view message);

// Writes to standard error, and waits until it is written.
Log standard_error_log(LogFormat format, Severity least);
// Puts lines to the writer, which outlives the log, and never waits.
Log log_to(LineWriter& writer, LogFormat format, Severity least);

}  // namespace fanout
