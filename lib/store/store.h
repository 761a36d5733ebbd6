// Seam: the durable queue. Speaks of tasks and batches, never of SQL.
//
// Used on the store thread only. A call is one transaction that is durable when it returns, or has changed
// nothing when it throws. Time is given by the caller; a store reads no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "store/foreseen.h"
#include "task/answer_path.h"
#include "task/left_out.h"
#include "task/part.h"
#include "task/settlement.h"
#include "task/task.h"

namespace fanout {

// The cause of a run that asks few requests and keeps no answer. With its end it is forgotten.
inline constexpr const char* kSample = "sample";

enum class RunState { running, finished, cancelled };
const char* run_state_name(RunState state);

struct Run {
  std::int64_t id = 0;
  std::string pipeline;
  RunState state = RunState::running;
  std::string cause;  // "schedule", "once", "control", or kSample
  WallTime scheduled_for{};
  WallTime started_at{};
  WallTime since{};  // the previous complete run's start; epoch if there was none
  bool reopened =
      false;  // put back to work after it had ended: beside it another run of its pipeline may be open
  bool was_stopped = false;           // because too much of it was dead, and goes on all the same
  std::string seen{};                 // what it had shown when its forecast was last kept
  std::vector<EarlierRun> earlier{};  // complete ones of its pipeline, the latest first
  int most_requests = 0;              // of a sample; it is not stored, since none outlives its process
  bool is_sample() const { return cause == kSample; }
};

// Tasks of one level of one run, by state.
struct Tally {
  std::int64_t run = 0;
  std::string level;
  int depth = 0;
  std::int64_t waiting = 0, ready = 0, leased = 0, done = 0, skipped = 0, dead = 0;
  LeftOut left_out{};
  std::int64_t expected() const { return waiting + ready + leased + done + skipped + dead; }
  std::int64_t open() const { return waiting + ready + leased; }
};

struct NewRun {
  Run run;  // id is given by the store
  std::vector<Seed> seeds;
};

struct ClaimWish {
  std::int64_t run = 0;
  int count = 0;
  WallTime lease_until{};
  bool fresh_first = false;  // before tasks that have failed: for probes
};

// A row of `limiter`: what is known of how much a vendor bears, or that a vendor or pipeline is paused.
struct LimiterRow {
  std::string subject;  // "vendor/oracle", "pipeline/monitoring"
  bool paused = false;
  WallTime hold_until{};
  std::string why;    // why nothing goes now, for the operator; empty: it goes
  std::string state;  // JSON: windows and breaker; see limit/limiter.h
  WallTime next{};    // when the next request may go, as far as is known; epoch: nobody knows, or at once
  // When written: whether `paused` is to be kept. Else what the row says of it stays: somebody may have set
  // it by hand.
  bool decides_pause = false;
  std::string account{};   // of a vendor: account_of() in spec/vendor.h
  bool forgotten = false;  // when written: the row goes
};

// Up to which moment a pipeline's schedule is dealt with.
struct ScheduleRow {
  std::string pipeline;
  std::string text;  // of the schedule that it was then; empty: nobody knows, so of whichever it is
  WallTime considered{};
  friend bool operator==(const ScheduleRow&, const ScheduleRow&) = default;
};

// What the daemon has to say of itself to whoever looks, until it is no longer so: one text for each subject.
struct Notice {
  std::string subject;
  std::string what;  // empty: nothing any more
};

// A task as it is now, for who asks about it.
struct TaskNow {
  Task task;
  State state = State::ready;
  WallTime due{};   // waiting
  std::string why;  // waiting: its latest error, or what it waits for; skipped, dead: why
};

struct Command {
  std::int64_t id = 0;
  std::string command;
  std::string target;
  std::optional<TaskNow> about{};  // of `why`, where the target is a task's number and there is that task
};
struct CommandOutcome {
  std::int64_t id = 0;
  std::string outcome;
};

// Dead letters to put back (redrive) or to forget (drop).
struct DeadSelection {
  bool drop = false;
  std::int64_t task = 0;  // 0: all of…
  std::int64_t run = 0;   // … this run; 0: of any
  std::string pipeline;   // … this pipeline; empty: of any
};

// What became of the dead letters of a selection.
struct DeadMoved {
  std::int64_t moved = 0;
  // Those that a redrive leaves as they are:
  std::int64_t forgotten = 0;   // all else of their run is deleted, so they can only be read or dropped
  std::int64_t cancelling = 0;  // their run is being cancelled; when it has ended they can be put back
};

// A run that ends with what is open of it, because too much of it is dead.
struct StopRun {
  std::int64_t run = 0;
  std::string why;
};

// A run that was not begun, since one of its pipeline is open.
struct NotBegun {
  std::string pipeline;
  std::int64_t open_run = 0;
};

struct RunNote {
  std::int64_t run = 0;
  double rate = 0;  // settled a second, lately
  Foreseen foreseen;
  std::string blocked;                 // why it does not move; empty: it moves
  std::string outlook{};               // what will go wrong by itself; empty: nothing
  std::optional<KeptForecast> keep{};  // a row in `forecast`
};

// What is old enough to be forgotten.
struct Bygone {
  WallTime runs{};  // that ended before it
  WallTime dead{};  // dead letters of forgotten runs that died before it
};
struct DeadGone {
  std::int64_t run = 0;
  std::int64_t count = 0;
};
struct Pruned {
  bool more = false;
  std::vector<DeadGone> dead_gone;
};

// What a sample has shown, the last one of each pipeline.
struct TakenSample {
  std::string pipeline;
  std::int64_t run = 0;
  int requests = 0;
  std::string seen;    // see forecast/sample_text.h
  std::string failed;  // see harvest/sampling.h
};

// So many of a run's tasks that were put off for that reason are ready at once, those that were due first.
struct Call {
  std::int64_t run = 0;
  std::string reason;
  int count = 0;
};

// One transaction's worth of work. Where one thing depends on another: settlements come first, then cancels,
// dead letters, finished runs, new runs, and claims.
struct Batch {
  WallTime now{};
  std::vector<Settlement> settlements;
  std::vector<Part> parts;
  std::vector<AnswerPath> answer_paths;
  std::vector<LimiterRow> limiters;
  std::vector<ScheduleRow> schedules;
  std::vector<NewRun> new_runs;
  std::vector<std::int64_t> finish_runs;  // ends those of them that have nothing open
  std::vector<std::int64_t> cancel_runs;  // drops what is open as skipped, "cancelled"
  std::vector<StopRun> stop_runs;         // ends those of them of which nothing is leased
  std::vector<std::int64_t> resume_runs;  // that were stopped
  // Whose tasks that were put off by a limit of their own are ready at once, since it is another one now.
  // Where they are many, this batch and those after it take some each.
  std::vector<std::int64_t> wake_runs;
  std::vector<Call> calls;
  std::vector<DeadSelection> dead;
  std::vector<CommandOutcome> answered;
  std::vector<RunNote> notes;
  std::vector<TakenSample> samples;
  std::vector<std::int64_t> watched_runs;  // whose tallies are wanted
  std::vector<ClaimWish> claims;           // after all of the above
  // The lowest number among the claims that are held or settled by a later batch. Leases of earlier ones are
  // nobody's: they are taken back when their time is over. Nothing: none are.
  std::optional<std::int64_t> oldest_claim;
  bool read_commands = false;
};

struct Applied {
  // Not empty: nothing was changed, because these of the settlements keep a record and their tasks are no
  // longer leased by them (somebody changed the rows by hand). Others of that kind are ignored.
  std::vector<std::size_t> stale;
  std::vector<Run> new_runs;           // with their ids, in order
  std::vector<NotBegun> not_begun;     // the others of new_runs
  std::vector<std::int64_t> finished;  // of finish_runs and stop_runs, those that ended
  std::vector<bool> resumed;           // for each of resume_runs: it was stopped, and is open again
  std::vector<DeadMoved> dead_moved;   // for each DeadSelection
  std::vector<int> called;             // for each Call: how many there were
  std::int64_t leases_taken_back = 0;
  std::vector<Task> claimed;
  std::vector<Tally> tallies;  // of watched_runs
  std::optional<WallTime>
      next_due;  // of the earliest waiting task, or where oldest_claim is said the end of a lease
  std::vector<Command> commands;  // not answered yet
};

struct Recovered {
  std::map<std::int64_t, std::int64_t> taken_back;  // how many leases a crash left, by run
  std::int64_t leases_taken_back() const {
    std::int64_t count = 0;
    for (const auto& [run, leases] : taken_back) count += leases;
    return count;
  }
  std::vector<Run> open_runs;
  std::vector<Tally> tallies;            // of the open runs
  std::optional<WallTime> latest_end{};  // of a run; nothing: none has ended
  std::vector<LimiterRow> limiters;
  std::vector<ScheduleRow> schedules;
  std::vector<Part> open_parts;
};

class Store {
 public:
  virtual ~Store() = default;
  // Once, at the start: takes back the leases that a crash left.
  virtual Recovered recover(WallTime now) = 0;
  virtual Applied apply(const Batch& batch) = 0;
  // Open runs: more than were known when somebody redrove by hand.
  virtual std::vector<Run> open_runs() = 0;
  virtual std::vector<LimiterRow> limiters() = 0;
  // The highest number among the parts of a run and base, sealed or not; 0: there are none.
  virtual int latest_part(std::int64_t run, const std::string& base) = 0;
  // The task whose answer lies under that path in that run; 0: none, or it is gone.
  virtual std::int64_t owner_of(std::int64_t run, const std::string& path) = 0;
  // True if another connection has written since the last call.
  virtual bool changed_by_others() = 0;
  virtual void note(const Notice& notice, WallTime now) = 0;
  // Forgets some of what is old enough: ended runs but for their dead letters, which have a time of their
  // own, and orders that were obeyed. A pipeline's last run and its last complete one stay.
  virtual Pruned prune(const Bygone& before) = 0;
};

}  // namespace fanout
