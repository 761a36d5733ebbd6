// The engine: joins the machines that claim, ask and settle. Lives on the loop.
//
// pump() is the heart: after every event it takes what is due, sends what may leave, begins a commit if there
// is a reason for one and none is under way, and sets the one alarm to the next moment at which something
// changes by itself. With nothing to do there is no commit and no alarm.
//
// May it leave, and when: harvest/dispatcher.h. What comes of an attempt: harvest/conclusions.h. Why a run
// did not start: harvest/helm.h.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "harvest/agenda.h"
#include "harvest/attempts.h"
#include "harvest/committer.h"
#include "harvest/conclusions.h"
#include "harvest/dispatchers.h"
#include "harvest/helm.h"
#include "harvest/open_runs.h"
#include "harvest/orders.h"
#include "harvest/prospect.h"
#include "harvest/steady_time.h"
#include "spec/config.h"

namespace fanout {

// What the engine stands on; all of it outlives the engine.
struct Surroundings {
  Clock& clock;
  Random& random;
  const Log& log;
  Keeper& keeper;
  TransportMaker make_transport;
  Threads threads;
  std::string fanoutctl = "fanoutctl";  // how it is called from any folder, for what is said to type
};

class Engine {
 public:
  // Throws Error if a secret cannot be read. Nothing leaves before begin().
  Engine(Surroundings surroundings, std::shared_ptr<const Config> config, const Recovered& recovered);

  // As a daemon: schedules, orders, and open runs.
  void begin();
  // These pipelines (none: all) once: an open run is finished, else one is started. settled is called when
  // nothing of them is open any more, with how many dead letters they have left.
  using Settled = std::function<void(std::int64_t dead_letters)>;
  void begin_once(const std::vector<std::string>& pipelines, Settled settled);

  // A new configuration applies at once; requests in flight end under the old one. Throws Error, with nothing
  // changed, if a secret of it cannot be read.
  void reconfigure(std::shared_ptr<const Config> config);
  void database_changed();  // somebody may have written to the database
  void clock_changed();     // the wall clock was set
  // No new requests; those in flight end, or are put back unspent after `patience`. Then drained is called.
  void drain(milliseconds patience, std::function<void()> drained);

  std::vector<RunProgress> progress() const;
  // One line: what it is doing, or why it does nothing.
  std::string status() const;

 private:
  void pump();
  void start_once();
  void send_what_may_leave();
  std::vector<Plan> look_at_vendors();
  bool wants_commit(const std::vector<Plan>& plans) const;
  void complete(Commit& commit, const std::vector<Plan>& plans);
  void committed(const Commit& commit, Kept kept);
  void read_what_others_wrote(const OthersWrote& others);
  void end_runs(const std::vector<std::int64_t>& finished);
  void set_alarm(const std::vector<Plan>& plans);
  void check_whether_over();
  void wake_what_waits_for_other_limits();
  void call_for_vacant_turns(Dispatcher& dispatcher);
  Horizon horizon() const;

  // How it began, and how it ends.
  struct Life {
    bool begun = false;
    bool once = false;
    bool started = false;  // what --once is to start
    bool draining = false;
    bool out_of_patience = false;
    std::int64_t dead_letters = 0;  // of runs that ended
    Settled settled;
    std::function<void()> drained;
    std::unique_ptr<Alarm> patience;
  };

  Surroundings on_;
  OpenRuns runs_;
  Dispatchers dispatchers_;
  Agenda agenda_;
  Committer committer_;
  Attempts attempts_;
  Conclusions conclusions_;
  Helm helm_;
  Orders orders_;
  std::optional<WallTime> next_due_;  // of a waiting task
  bool look_ = true;                  // somebody may have written
  SteadyTime steady_;                 // for what is pruned
  std::unique_ptr<Alarm> alarm_;
  Life life_;
};

}  // namespace fanout
