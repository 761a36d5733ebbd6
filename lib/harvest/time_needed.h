// How long calls take at the least, as far as a vendor's limits say: its own, those of some levels, and those
// of some hours. Pure.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "limit/limiter.h"
#include "spec/pipeline.h"
#include "spec/vendor.h"
#include "store/foreseen.h"

namespace fanout {

// What one call of a pipeline takes of the limits, on average over the levels that it is still to be asked
// at.
struct Load {
  double cost = 1;
  // By place in the vendor's limits; not of those that bind all requests or are kept for each value, since
  // nobody knows how many values there will be.
  std::map<std::size_t, double> finer;
};

// calls: by level.
Load load_of(const PipelineSpec& pipeline, const VendorSpec& vendor, const std::vector<double>& calls);

// All calls of a run as it was.
double cost_of(const EarlierRun& run, const PipelineSpec& pipeline);

// beside: requests of others that go meanwhile. Nothing where no limit says so. wall, mono: the same moment.
std::optional<milliseconds> time_needed(const Limiter& limiter, const VendorSpec& vendor, const Load& load,
                                        double calls, double beside, WallTime wall, MonoTime mono);

}  // namespace fanout
