// What the configuration says, checked and complete: vendors and pipelines. Made by config/load.h; everything
// else only reads it. Values, so that the old and the new configuration can be compared at a reload.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/units.h"
#include "config/schedule.h"
#include "task/level.h"
#include "task/retry.h"

namespace fanout {

// Where a secret is kept; its value is read when it is needed (config/secret_source.h).
struct SecretSource {
  enum class Kind { env, file, credential };
  Kind kind = Kind::env;
  std::string name;  // variable, path or credential name
  friend bool operator==(const SecretSource&, const SecretSource&) = default;
};

struct Auth {
  enum class Kind { none, bearer, basic, header, query };
  Kind kind = Kind::none;
  std::string name;  // header or query parameter; user for basic
  SecretSource secret;
  friend bool operator==(const Auth&, const Auth&) = default;
};

struct BaseUrl {
  bool tls = true;
  std::string host;  // IPv6 without brackets
  std::string port;
  std::string path;  // without trailing slash; may be empty
  std::string text() const;
  std::string origin() const;  // without the path
  friend bool operator==(const BaseUrl&, const BaseUrl&) = default;
};

struct VendorSpec {
  std::string name;
  BaseUrl base_url;
  Auth auth;
  std::string ca_file;  // PEM to trust instead of the system's; empty: the system's
  std::vector<std::pair<std::string, std::string>> headers;  // sent with every request

  int concurrency = 4;
  std::vector<Rate> rates;  // every window holds at once
  int burst = 1;            // requests at once; the rest is paced evenly

  milliseconds timeout{30'000};  // a whole request
  milliseconds connect_timeout{10'000};
  std::int64_t body_limit = 16 * 1024 * 1024;  // bytes, after inflating
  Retry retry;
};

struct OutputSpec {
  enum class Format { ndjson, json };  // json: the answer's own bytes, one file per answer
  enum class Compression { none, gzip, zstd };
  std::string level;
  Template to;  // below `root`; several records per file unless it is one file per answer
  bool one_file_per_answer = false;
  Format format = Format::ndjson;
  Compression compression = Compression::none;
  std::string select;                     // SQL over parents, body, fetched_at; empty: the whole answer
  std::int64_t roll = 256 * 1024 * 1024;  // bytes of a part before the next one begins
};

struct PipelineSpec {
  std::string name;
  std::string vendor;
  std::optional<Schedule> schedule;  // absent: only by hand
  int weight = 1;                    // share of the vendor's turns
  std::map<std::string, std::string> vars;
  std::vector<Level> levels;  // parents before children
  std::vector<OutputSpec> outputs;

  const Level* level(std::string_view name) const;
};

struct Config {
  std::filesystem::path file;
  std::filesystem::path state_dir;
  milliseconds keep{std::chrono::hours(24 * 7)};  // store.keep: how long finished runs stay in the database
  LogFormat log_format = LogFormat::text;
  Severity log_level = Severity::info;
  std::map<std::string, VendorSpec> vendors;
  std::map<std::string, PipelineSpec> pipelines;
};

}  // namespace fanout
