// When runs are due: pure decisions over schedules.
//
// "Why did it start?" and "why did it not?" are answered here. A run that was missed while the daemon was
// down is made up once, however many were missed; one that comes due while the last is open is skipped, and
// said.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "spec/config.h"
#include "store/store.h"

namespace fanout {

// How often it is due, on average over the next days. Up to a millisecond, where a zone changes its clocks.
double runs_a_day(const Schedule& schedule, WallTime from);

class Agenda {
 public:
  struct Due {
    std::string pipeline;
    WallTime scheduled_for;
    int missed = 0;  // earlier ones that this one makes up for
  };

  // Keeps what it knows of pipelines that are still there. now: from when on a new schedule counts.
  void configure(const Config& config, WallTime now);
  // The last due moment that was dealt with, from the store.
  void dealt_with(const std::string& pipeline, WallTime scheduled_for);

  // The wall clock was ahead and has been put right: what lies more than a day after now is not dealt with
  // after all.
  void not_after(WallTime now);

  // Takes what is due now. Each is taken once.
  std::vector<Due> take_due(WallTime now);
  std::optional<WallTime> next() const;
  // Of one pipeline; nothing if it has no schedule.
  std::optional<WallTime> next(const std::string& pipeline) const;
  // How often it is due; never, if it has no schedule.
  double runs_a_day(const std::string& pipeline) const;
  WallTime considered(const std::string& pipeline) const;

  // Up to when each is dealt with has a row of its own in the store, so that a run which is missed before the
  // first is made up too, and one that was skipped is not. What a row says belongs to the text of its
  // schedule: of another one nothing is made up.
  void read(const ScheduleRow& row);
  // Those that say something else than what holds; from now on they are taken for saved.
  std::vector<ScheduleRow> take_unsaved();

 private:
  struct Entry {
    Schedule schedule;
    WallTime considered;  // due moments up to here are dealt with
    std::optional<WallTime> next;
    double a_day = 0;
  };
  std::map<std::string, Entry> entries_;
  std::map<std::string, ScheduleRow> saved_;
};

}  // namespace fanout
