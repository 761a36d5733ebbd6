// What a plan goes by. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spec/pipeline.h"
#include "spec/vendor.h"
#include "store/foreseen.h"

namespace fanout {

struct PastRun {
  EarlierRun levels;
  milliseconds took{0};
  std::int64_t bytes = 0;  // of its parts, as they lie on the disk
  std::int64_t parts = 0;
  std::int64_t answers = 0;  // files of one answer, whose size nobody keeps
  std::int64_t run = 0;      // its number
};

// A few requests that were asked to tell; see harvest/sampling.h.
struct PastSample {
  int requests = 0;
  WallTime taken_at{};
  std::string seen;      // see forecast/sample_text.h
  std::string failed{};  // see harvest/sampling.h
};

// What is asked about.
struct PlanFor {
  const PipelineSpec& pipeline;
  const VendorSpec& vendor;
  std::vector<PastRun> past;  // complete runs, the latest first
  double others_a_day = 0;    // what calls of the vendor's other scheduled pipelines cost
  bool other_limits = false;  // than those of the configuration: how fast earlier runs were says nothing
  WallTime now{};
  std::optional<PastSample> sample{};  // that is to be gone by, beside the runs
};

}  // namespace fanout
