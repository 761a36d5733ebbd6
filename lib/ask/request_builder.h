// From a task to its request: templates and pages. Pure.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "http/transport.h"
#include "spec/config.h"
#include "task/task.h"

namespace fanout {

// What `{run.…}` stands for.
struct RunNames {
  std::int64_t id = 0;
  std::string date;   // 2026-11-23
  std::string at;     // unix seconds of the run's start
  std::string since;  // … of the previous complete run's start; 0 if there was none
};

// What the names in the task's templates stand for: ancestors' kept fields, run and vars. Parses `parents`.
Template::Lookup names_of(const Task& task, const RunNames& run, const PipelineSpec& pipeline);

struct CannotAsk {
  std::string reason;  // an ancestor's field is missing, the target is too long, …
};

// The request for one page of one level under one parent item, without auth.
std::variant<Request, CannotAsk> request_for(const Task& task, const RunNames& run,
                                             const PipelineSpec& pipeline, const Level& level,
                                             const VendorSpec& vendor);

}  // namespace fanout
