// One vendor: what it bears, the way to it, and the claimed tasks that wait to go.
//
// "May it leave, and when?" is answered here and nowhere else: leaving() gives the task that may leave now,
// and plan() says when to look again and what a commit has to bring for it. A request leaves when the vendor
// is not paused, the limiter agrees, and the limiter's state on the disk reserves the moment: a crash then
// lets nothing more through. Owned by the engine, on the loop.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ask/names.h"
#include "auth/credentials.h"
#include "base/clock.h"
#include "base/log.h"
#include "harvest/learned_costs.h"
#include "harvest/nonsense_said.h"
#include "harvest/putting_off.h"
#include "harvest/suspects.h"
#include "harvest/waiting_tasks.h"
#include "http/transport.h"
#include "limit/limiter.h"
#include "limit/told_share.h"
#include "spec/config.h"
#include "store/store.h"
#include "task/disposition.h"

namespace fanout {

using TransportMaker = std::function<std::unique_ptr<Transport>(const VendorSpec&)>;

// How things stand around a dispatcher.
struct Outlook {
  MonoTime now;
  milliseconds reserves{0};  // a commit that begins now reserves this much time
  bool claimable = false;    // a run of this vendor has tasks that are ready
  bool quiet = false;        // nothing is in flight
};

// What is to be done for a vendor's next request.
struct Plan {
  int claims = 0;                      // so many more tasks are wanted here
  std::optional<MonoTime> save_until;  // the row that a commit brings along, and up to when it reserves
  bool commit = false;                 // one is wanted without any other reason
  MonoTime look_again = MonoTime::max();
  bool put_back = false;  // what waits here would wait too long
};

// How a request goes to the vendor.
struct Way {
  std::shared_ptr<const Credentials> credentials;
  std::shared_ptr<Transport> transport;
};

// Why nothing goes, empty if it goes; and when the next request may, if only time is needed for that.
struct Standstill {
  std::string why;
  std::optional<milliseconds> opens_in;
  bool passes = false;  // when it opens all goes on, for sure
};

// Claimed tasks for each request in flight: the next commit is milliseconds away.
inline constexpr int kWaitingPerSlot = 4;

// What the row in the store says.
struct SavedRow {
  bool stands_still = false;
  std::optional<MonoTime> hold;
  std::optional<MonoTime> probe;
  MonoTime orphans_until{};
  std::optional<MonoTime> told_until;
  double allowed = 0;  // requests a second
};

class Dispatcher {
 public:
  // Throws Error if a secret cannot be read.
  Dispatcher(const VendorSpec& spec, const TransportMaker& make_transport, const Clock& clock,
             const Log& log);

  // Throws Error, with nothing changed, if a secret that the new specification needs cannot be read.
  void reconfigure(const VendorSpec& spec, const TransportMaker& make_transport);
  void restore(const LimiterRow& row);
  // So many tasks were claimed when the process before died: what it had sent may still be at work there.
  void orphaned(std::int64_t claimed);
  // What is in flight is left to itself, since this process ends.
  void give_up_all() { orphaned(limiter_.in_flight()); }
  // Valid for what leaves until then.
  LimiterRow row(MonoTime until) const;
  // Valid for what leaves by the reservation that stands.
  LimiterRow row_as_reserved() const { return row(std::max(clock_.mono(), reserved_until_)); }
  // What leaves has to be in the row before.
  bool keeps_windows() const { return limiter_.keeps_windows(); }
  // The row goes into a commit, and has been kept by it.
  LimiterRow reserve(MonoTime until);
  void reserved();

  const VendorSpec& spec() const { return spec_; }
  // That of now; a request in flight keeps its own.
  const Way& way() const { return way_; }
  const Limiter& limiter() const { return limiter_; }
  Suspects& suspects() { return suspects_; }
  WaitingTasks& waiting() { return waiting_; }
  const WaitingTasks& waiting() const { return waiting_; }
  void pause(bool paused) { paused_ = paused; }
  void close() { closed_ = true; }  // for good: the process ends
  bool is_paused() const { return paused_; }
  bool is_open() const { return !paused_ && !closed_; }

  // What a task's request takes of the limits.
  Demand demand(const Task& task, const RunNames& run, const PipelineSpec& pipeline) const;
  // A claimed task waits here; in front: its attempt goes on.
  void wait_here(Claimed claimed, const RunNames& run, const PipelineSpec& pipeline, bool in_front = false);
  // Those that a finer limit holds up for longer than they may wait here.
  std::vector<PutOff> put_off() { return fanout::put_off(waiting_, bookings_, limiter_, clock_.mono()); }
  // For what is vacant under limits of their own. goes: whether a run does.
  std::vector<Call> vacant(const std::function<bool(std::int64_t)>& goes);
  Bookings& bookings() { return bookings_; }
  // Tasks that were put off wait for limits that are other ones now. Says so once.
  bool take_other_limits() { return std::exchange(other_limits_, false); }
  // Limits that bind at some hours of the day begin or end.
  void look_at_the_hour();
  void clock_changed() { hour_ends_ = {}; }

  Plan plan(const Outlook& outlook) const;
  // The task that may leave now, if any. One that does not after all costs nothing.
  std::optional<Claimed> leaving();
  // It leaves.
  Limiter::Ticket left(const Demand& demand = {}) { return limiter_.take(clock_.mono(), demand); }
  // Its last byte has been handed to the system.
  void sent(const Limiter::Ticket& ticket) { limiter_.sent(ticket, clock_.mono()); }

  // Others are served with the credentials that were refused for this task.
  bool accepts_others(const Task& task) const;
  // An attempt is over. Fills in how long a task waits whose credentials were refused.
  void ended(const Task& task, const Limiter::Ticket& ticket, Outcome& outcome, int status,
             ToldLimits told = {});
  void renew_credentials();

  Standstill standstill() const;
  const LearnedCosts& costs() const { return costs_; }
  VendorState state() const;

 private:
  void say_which_limits_are_gone();
  MonoTime next_of_waiting(MonoTime now) const;
  WaitingTasks::Which may_have_its_turn(MonoTime now) const;
  bool is_reserved(MonoTime at) const { return !limiter_.keeps_windows() || at <= reserved_until_; }

  VendorSpec spec_;
  const Clock& clock_;
  const Log& log_;
  Way way_;
  Limiter limiter_;
  WaitingTasks waiting_;
  Bookings bookings_;
  Suspects suspects_;
  bool other_limits_ = false;
  bool paused_ = false;
  bool closed_ = false;
  MonoTime hour_ends_{};  // from when on other limits may hold
  MonoTime reserved_until_{};
  std::optional<MonoTime> reserving_;  // by the commit under way
  SavedRow saved_;
  ToldShare told_share_;
  LearnedCosts costs_;
  NonsenseSaid nonsense_;
  std::string finding_;  // as it was said last
};

}  // namespace fanout
