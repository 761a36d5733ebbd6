// What the configuration says, checked and complete: vendors and pipelines. Made by config/load.h; everything
// else only reads it. Values, so that the old and the new configuration can be compared at a reload.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/log.h"
#include "base/time.h"
#include "spec/pipeline.h"
#include "spec/vendor.h"

namespace fanout {

struct Config {
  std::filesystem::path file;
  std::filesystem::path state_dir;
  milliseconds keep{std::chrono::hours(24 * 7)};  // store.keep: how long finished runs stay in the database
  milliseconds keep_dead{std::chrono::hours(24 * 90)};  // store.keep_dead: how long their dead letters do
  LogFormat log_format = LogFormat::text;
  Severity log_level = Severity::info;
  std::map<std::string, VendorSpec> vendors;
  std::map<std::string, PipelineSpec> pipelines;
};

}  // namespace fanout
