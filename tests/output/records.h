// Outputs and records for the tests of this folder.
#pragma once

#include <map>
#include <string>

#include "output/format.h"
#include "output/record.h"
#include "spec/config.h"

namespace fanout {

inline OutputSpec output_to(const std::string& to) {
  OutputSpec output;
  output.level = "data";
  output.to = *Template::parse(to);
  if (to.ends_with(".gz")) output.compression = OutputSpec::Compression::gzip;
  if (to.ends_with(".zst")) output.compression = OutputSpec::Compression::zstd;
  output.format = output_format(to.substr(0, to.size() - (to.ends_with(".gz")    ? 3U
                                                          : to.ends_with(".zst") ? 4U
                                                                                 : 0U)));
  return output;
}

// Each of another task, unless the test says which.
inline Record record_for(const OutputSpec& output, const std::string& body,
                         std::map<std::string, std::string> names = {}, std::int64_t run = 17) {
  Record record;
  static std::int64_t latest = 0;
  record.run = run;
  record.task = ++latest;
  record.output = &output;
  record.names = [names = std::move(names)](std::string_view name) -> std::optional<std::string> {
    const auto found = names.find(std::string(name));
    if (found == names.end()) return std::nullopt;
    return found->second;
  };
  record.parents = "{}";
  record.fetched_at = "2026-11-23T02:00:00.000Z";
  record.body = body;
  return record;
}

// The line that it becomes.
inline std::string line_of(const std::string& body) {
  return R"({"parents":{},"fetched_at":"2026-11-23T02:00:00.000Z","body":)" + body + "}\n";
}

}  // namespace fanout
