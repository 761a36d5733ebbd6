#include "spec/moment.h"

#include <date/tz.h>

#include <sstream>

#include "base/units.h"

namespace fanout {
namespace {

std::optional<WallTime> parsed_at(const std::string& text, const char* format) {
  std::istringstream in(text);
  date::sys_seconds at;
  in >> date::parse(format, at);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  return from_unix_ms(std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count());
}

std::string local(WallTime at, const char* format, const std::string& zone) {
  const auto seconds_of = date::floor<seconds>(at);
  // UTC needs no time zone database.
  return zone == "UTC" ? date::format(format, seconds_of)
                       : date::format(format, date::make_zoned(zone, seconds_of));
}

}  // namespace

const std::vector<std::string>& moment_forms() {
  static const std::vector<std::string> kForms = {"ms", "rfc3339", "date", "local", "local_date"};
  return kForms;
}

std::optional<std::string> format_moment(WallTime at, std::string_view form, const std::string& zone) {
  if (form.empty()) return std::to_string(unix_ms(at) / 1000);
  if (form == "ms") return std::to_string(unix_ms(at));
  if (form == "rfc3339") return local(at, "%FT%TZ", "UTC");
  if (form == "date") return local(at, "%F", "UTC");
  if (form == "local") return local(at, "%FT%T%Ez", zone);
  if (form == "local_date") return local(at, "%F", zone);
  return std::nullopt;
}

std::optional<FirstSince> FirstSince::parse(const std::string& text) {
  FirstSince first;
  for (const char* format : {"%F", "%FT%TZ", "%FT%T%Ez"}) {
    first.at = parsed_at(text, format);
    if (first.at) return first;
  }
  const auto ago = parse_duration(text);
  if (!ago) return std::nullopt;
  first.ago = *ago;
  return first;
}

}  // namespace fanout
