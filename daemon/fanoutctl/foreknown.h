// What is known of the next run of a pipeline before it begins: as if it had been begun by the requests of a
// sample, all of which has still to be asked. A value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/fanoutctl/plan_for.h"
#include "forecast/growth.h"

namespace fanout {

struct Foreknown {
  explicit Foreknown(const PlanFor& asked);
  std::int64_t settled() const;

  // Of one level, in the sample.
  struct Failure {
    std::string level;
    int answered = 0, failed = 0;
    std::string last;
  };

  LevelTree tree;
  Sample sample;
  Counts counts;
  std::vector<Failure> failures;
  bool sampled = false;          // by a sample of these levels
  std::optional<Growth> growth;  // nothing where too little is known, such as where a level only failed
};

}  // namespace fanout
