// What the next run of a pipeline will come to: from earlier complete runs, or from a sample. Pure.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "daemon/fanoutctl/plan_for.h"

namespace fanout {

struct NextRun {
  struct Level {
    std::string name;
    std::int64_t calls = 0;
  };
  std::vector<Level> levels;
  Band<std::int64_t> calls;
  double cost = 1;                           // of a call, on average
  std::optional<milliseconds> at_the_limit;  // at the least; nothing: there is no rate
  bool by_rates = false;                     // … and it is the vendor's own rates that say so
  std::optional<milliseconds> took;          // the last one
  milliseconds lasts{0};                     // as far as is known: the longer of both
  std::optional<Rate> tightest;              // … in a day, of all limits the one that is used most
  std::string tightest_name;                 // as people call it
  std::optional<double> runs_a_day;          // nothing: it has no schedule
  double share = 0;                // of what the tightest rate allows in a day: all of this one's runs …
  double share_of_all = 0;         // … and of the vendor's other pipelines
  std::optional<WallTime> starts;  // next …
  std::optional<milliseconds> until_next;  // … and the shortest time from one start to the next
  std::int64_t bytes = 0, parts = 0, answers = 0;
  std::vector<std::string> unweighed;  // levels that are kept, of which no reply has come
};

// Nothing where neither a complete run nor a sample says enough.
std::optional<NextRun> next_run(const PlanFor& asked);

std::string text_of(const std::optional<NextRun>& next, const PlanFor& asked);
nlohmann::ordered_json json_of(const std::optional<NextRun>& next, const PlanFor& asked);

// "rate=20/1s" instead of the vendor's. Throws Error if it is no such thing.
void assume(const std::vector<std::string>& changes, VendorSpec& vendor);

}  // namespace fanout
