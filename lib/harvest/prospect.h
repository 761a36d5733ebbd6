// What is foreseen of an open run: what it comes to, when it will be done, and what will go wrong by itself.
#pragma once

#include <optional>
#include <string>

#include "forecast/growth.h"
#include "forecast/time_left.h"
#include "harvest/agenda.h"
#include "harvest/committer.h"
#include "harvest/dispatchers.h"
#include "harvest/open_runs.h"

namespace fanout {

// What a run is seen against.
struct Horizon {
  const OpenRuns& runs;
  const Committer& committer;
  const Dispatchers& dispatchers;
  const Agenda* agenda;  // null: nothing is started by itself
  MonoTime now;
  WallTime wall;
};

struct Prospect {
  std::optional<Growth> growth;
  std::optional<TimeLeft> left;
  // For people: empty where there is nothing to say.
  std::string search;  // the vendor's limit is looked for
  std::string late;    // it will not finish before its next start
  std::string drain;   // its vendor's limits are less than the runs of a day need
  std::string outlook() const;
};

Prospect prospect_of(const ActiveRun& run, const Horizon& horizon);

// Why a run does not move; empty: it moves.
std::string why_blocked(const ActiveRun& run, const Committer& committer, const OpenRuns& runs,
                        const Dispatchers& dispatchers);

// When it is to be done; nothing: its pipeline has no deadline.
std::optional<WallTime> deadline_of(const ActiveRun& run, const PipelineSpec& pipeline);
// How urgent a run is that takes so long and has so much time, a second after it was that urgent.
double urgency_of(double before, milliseconds left, milliseconds until);

// The least of what the rates allow in a day; nothing where there are none.
std::optional<Rate> tightest_in_a_day(const VendorSpec& vendor);
double in_a_day(const Rate& rate);

}  // namespace fanout
