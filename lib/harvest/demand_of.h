// What a task's request takes of its vendor's limits. Pure.
#pragma once

#include <optional>

#include "ask/names.h"
#include "limit/demand.h"
#include "spec/vendor.h"
#include "task/task.h"

namespace fanout {

// Of limits that bind all requests nothing is said. A request of a level that is no longer there takes
// nothing in particular. Where a limit is kept for each value of something that the task lacks, all that lack
// it share one. learned: what requests of its level cost, as replies have told it.
Demand demand_of(const Task& task, const RunNames& run, const PipelineSpec& pipeline,
                 const VendorSpec& vendor, std::optional<int> learned = {});

}  // namespace fanout
