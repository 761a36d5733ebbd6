// A pipeline: a tree of levels harvested from one vendor, usually on a schedule. A value.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/clock_time.h"
#include "spec/level.h"
#include "spec/moment.h"
#include "spec/output.h"
#include "spec/schedule.h"
#include "spec/told.h"

namespace fanout {

struct PipelineSpec {
  std::string name;
  std::string vendor;
  ToldSpec told;                     // the vendor's, for its replies
  std::optional<Schedule> schedule;  // absent: only by hand
  std::string zone = "UTC";          // that `{run.at.local}` is written in
  std::optional<FirstSince> first_since;
  int weight = 1;                     // share of the vendor's turns …
  int priority = 10;                  // … times this
  std::optional<ClockTime> deadline;  // of each run: the first such moment after its beginning
  std::optional<double> tolerate;     // of levels that do not say so themselves
  std::map<std::string, std::string> vars;
  std::vector<Level> levels;  // parents before children
  std::vector<OutputSpec> outputs;

  const Level* level(std::string_view name) const;
};

}  // namespace fanout
