#include "base/log.h"

#include <fmt/format.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/line_writer.h"

namespace fanout {
namespace {

// A vendor's text may hold line breaks and escape sequences; a log line holds neither.
std::string one_line(std::string_view line) {
  std::string safe(line);
  for (char& c : safe) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return safe;
}

// The moment as the pattern says, then the text.
std::string stamped(const char* pattern, spdlog::pattern_time_type zone, std::string_view text) {
  spdlog::pattern_formatter formatter(pattern, zone, "\n");
  spdlog::memory_buf_t line;
  formatter.format(spdlog::details::log_msg("", spdlog::level::info, text), line);
  return fmt::to_string(line);
}

std::string json_line(Severity severity, std::string_view message) {
  const nlohmann::ordered_json object = {{"severity", severity_name(severity)}, {"message", message}};
  const auto text = object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return stamped(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v)", spdlog::pattern_time_type::utc,
                 std::string_view(text).substr(1));
}

void write_all(int file, const std::string& line) {
  for (std::size_t at = 0; at < line.size();) {
    const auto written = write(file, line.data() + at, line.size() - at);
    if (written < 0 && errno != EINTR) return;  // nobody reads; the work goes on
    if (written > 0) at += static_cast<std::size_t>(written);
  }
}

}  // namespace

const char* severity_name(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::notice:
      return "notice";
    case Severity::info:
      return "info";
    case Severity::debug:
      return "debug";
  }
  return "info";
}

std::string log_line(LogFormat format, Severity severity, std::string_view message) {
  switch (format) {
    case LogFormat::journal:
      return fmt::format("<{}>{}\n", static_cast<int>(severity), one_line(message));
    case LogFormat::json:
      return json_line(severity, message);
    case LogFormat::text:
      break;
  }
  return stamped("%Y-%m-%d %H:%M:%S.%e %z %v", spdlog::pattern_time_type::local,
                 fmt::format("{:<7} {}", severity_name(severity), one_line(message)));
}

Log standard_error_log(LogFormat format, Severity least) {
  return Log([format, least](Severity severity, std::string_view line) {
    if (severity <= least) write_all(STDERR_FILENO, log_line(format, severity, line));
  });
}

Log log_to(LineWriter& writer, LogFormat format, Severity least) {
  return Log([&writer, format, least](Severity severity, std::string_view line) {
    if (severity <= least) writer.put(log_line(format, severity, line));
  });
}

}  // namespace fanout
