#include "base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <nlohmann/json.hpp>

namespace fanout {
namespace {

spdlog::level::level_enum spdlog_level(Severity severity) {
  switch (severity) {
    case Severity::error:
      return spdlog::level::err;
    case Severity::warning:
      return spdlog::level::warn;
    case Severity::notice:
    case Severity::info:
      return spdlog::level::info;
    case Severity::debug:
      return spdlog::level::debug;
  }
  return spdlog::level::info;
}

// A vendor's text may hold line breaks and escape sequences; a log line holds neither.
std::string one_line(std::string_view line) {
  std::string safe(line);
  for (char& c : safe) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return safe;
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

Log standard_error_log(LogFormat format, Severity least) {
  auto out = std::make_shared<spdlog::logger>("fanoutd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  out->set_level(spdlog::level::trace);
  out->set_pattern(format == LogFormat::text ? "%H:%M:%S.%e %v" : "%v");
  out->flush_on(spdlog::level::trace);
  return Log([out, format, least](Severity severity, std::string_view line) {
    if (severity > least) return;
    const auto level = spdlog_level(severity);
    switch (format) {
      case LogFormat::text:
        out->log(level, "{:<7} {}", severity_name(severity), one_line(line));
        break;
      case LogFormat::journal:
        out->log(level, "<{}>{}", static_cast<int>(severity), one_line(line));
        break;
      case LogFormat::json: {
        const nlohmann::json object = {{"severity", severity_name(severity)}, {"message", line}};
        out->log(level, "{}", object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        break;
      }
    }
  });
}

}  // namespace fanout
