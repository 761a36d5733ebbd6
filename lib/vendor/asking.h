// From a task to its request: templates, pages and auth. Pure but for reading the secret.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "config/spec.h"
#include "task/task.h"
#include "vendor/transport.h"

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

// Puts the vendor's secret where its kind says.
void add_auth(Request& request, const Auth& auth, const Secret& secret);

// The target of a redirect if it leads to the same origin, ready to be asked for.
std::optional<std::string> same_origin_target(const VendorSpec& vendor, const std::string& asked_target,
                                              std::string_view location);

}  // namespace fanout
