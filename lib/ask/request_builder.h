// From a task to its request: templates and pages. Pure.
#pragma once

#include <string>
#include <variant>

#include "ask/names.h"
#include "http/transport.h"
#include "spec/config.h"
#include "task/task.h"

namespace fanout {

struct CannotAsk {
  std::string reason;  // an ancestor's field is missing, the target is too long, …
};

// The request for one page of one level under one parent item, without auth.
std::variant<Request, CannotAsk> request_for(const Task& task, const RunNames& run,
                                             const PipelineSpec& pipeline, const Level& level,
                                             const VendorSpec& vendor);

}  // namespace fanout
