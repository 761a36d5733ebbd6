// An open run as the engine knows it, and what people are shown of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ask/request_builder.h"
#include "forecast/time_left.h"
#include "harvest/foresight.h"
#include "harvest/sampling.h"
#include "page/page_lengths.h"
#include "store/store.h"

namespace fanout {

// What the log has said of a run's end.
struct Said {
  std::optional<MonoTime> at;
  Band<WallTime> end;
  bool late = false;
  bool drain = false;
};

struct ActiveRun {
  // pipeline: null if it is not in the configuration.
  ActiveRun(Run the_run, const PipelineSpec* pipeline, MonoTime now);

  Run run;
  RunNames names;
  std::vector<Tally> tallies;  // as of the last commit
  bool counted = false;        // tallies are known
  int in_flight = 0;
  Foresight foresight;
  std::optional<Sampling> sampling;                 // a sample, which outlives no process
  double to_come = 0;                               // calls, as was foreseen when it was noted
  std::map<std::string, PageLengths> page_lengths;  // by level: what its replies have shown so far
  std::set<std::string> where_failed;               // levels of which that was said
  double urgency = 1;                               // so many times its turns, lest it miss its deadline
  std::string stops;                                // why it is being stopped; empty: it is not
  bool noted_blocked = false;
  MonoTime noted_at{};
  std::optional<MonoTime> forecast_kept_at;
  Said said;

  // What is known of the pages of a level.
  const PageLengths& lengths_of(const std::string& level) const;
  // It is to stop, and nothing is on its way any more.
  bool may_stop() const;
  std::int64_t ready() const;
  std::int64_t open() const;
  std::int64_t settled() const;
  std::int64_t dead() const;
};

struct RunProgress {
  Run run;
  std::vector<Tally> tallies;
  double rate = 0;  // settled a second, lately
  std::optional<TimeLeft> left;
  std::string outlook;                   // what will go wrong by itself
  std::string blocked;                   // why it does not move; empty: it moves
  std::optional<milliseconds> opens_in;  // until the vendor's next request may go, if that holds it up
};
// Why it does not move, and for how long.
std::string blocked_text(const RunProgress& run);
// What holds it up, when it will be done as far as anybody can tell, and what will go wrong by itself.
std::string prospect_text(const RunProgress& run);

}  // namespace fanout
