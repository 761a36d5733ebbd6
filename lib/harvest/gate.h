// One vendor, as the engine sees it: what it bears, the way to it, and the claimed tasks that wait to go.
//
// Owned by the engine, on the loop. A request leaves through take(), and only through it: when the vendor is
// not paused, the limiter agrees, and the limiter's state is on the disk for that moment (covered).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "auth/credentials.h"
#include "base/clock.h"
#include "base/log.h"
#include "harvest/settling.h"
#include "http/transport.h"
#include "limit/fair_share.h"
#include "limit/limiter.h"
#include "spec/config.h"
#include "store/store.h"

namespace fanout {

using TransportMaker = std::function<std::unique_ptr<Transport>(const VendorSpec&)>;

// What an attempt has been through before it is over.
struct AttemptSoFar {
  std::string redirected_to;  // empty: ask what the level says
  int hops = 0;
  bool renewed = false;     // credentials
  bool sent_again = false;  // because it may never have been read
  friend bool operator==(const AttemptSoFar&, const AttemptSoFar&) = default;
};

// A claimed task in memory.
struct Claimed {
  Task task;
  AttemptSoFar so_far;
};

class Gate {
 public:
  Gate(const VendorSpec& spec, const TransportMaker& make_transport, const Clock& clock, const Log& log);

  // Throws Error if a secret that the new specification needs cannot be read.
  void reconfigure(const VendorSpec& spec, const TransportMaker& make_transport);
  void restore(const LimiterRow& row);
  LimiterRow save(MonoTime valid_until) const;
  void renew_credentials();

  const VendorSpec& spec() const { return spec_; }
  // Those of now; a request in flight keeps its own.
  const std::shared_ptr<const Credentials>& credentials() const { return credentials_; }
  const std::shared_ptr<Transport>& transport() const { return transport_; }
  Limiter& limiter() { return limiter_; }
  const Limiter& limiter() const { return limiter_; }
  FairShare& turns() { return turns_; }

  bool paused() const { return paused_; }
  void pause(bool paused) { paused_ = paused; }

  // Claimed tasks, by run.
  void add(Claimed claimed);
  void add_in_front(Claimed claimed);
  std::size_t buffered() const { return buffered_; }
  std::size_t buffered(std::int64_t run) const;
  // What waits here, to be put back. An attempt that has begun is remembered, and goes on where it was when
  // its task is claimed again: below one request a second a redirect would else be followed to its first hop
  // for ever.
  std::vector<Claimed> take_all();
  std::vector<Claimed> take_run(std::int64_t run);
  void remember(const Claimed& claimed);
  // The credentials were refused for this task, also after they were renewed. Says how long it is to wait:
  // longer each time, so that others can show meanwhile whether they are accepted.
  milliseconds refused(const Task& task);
  // They are accepted for others, so the refusal is the task's own fault: a request that left since the first
  // refusal was answered well; or this is the third, and the vendor has just answered others well.
  bool accepts_others(const Task& task) const;
  int refusals(const Task& task) const;
  void answered_well() { failing_.clear(); }
  void failed(const Task& task);
  void settled(const Task& task) { failing_.erase(task.id); }
  void forget(std::int64_t run);

  // The next task to go, by fair turns over the pipelines; nothing if none waits. pipeline_of: of a run.
  std::optional<Claimed> next(const std::function<std::string(std::int64_t)>& pipeline_of);

  // Whether a restart now would know of what leaves now.
  bool covered(MonoTime at) const { return spec_.rates.empty() || at <= covered_until_; }
  void cover(MonoTime until) { covered_until_ = until; }
  // True once the row in the store no longer says what holds; told to the store at the next turn.
  bool changed() const;
  void saved(const LimiterRow& row);
  // Until its state has been read from the store nothing leaves.
  std::string why(MonoTime at) const;
  VendorState state() const;

 private:
  static Limits limits_of(const VendorSpec& spec);

  VendorSpec spec_;
  const Clock& clock_;
  const Log& log_;
  std::shared_ptr<const Credentials> credentials_;
  std::shared_ptr<Transport> transport_;
  Limiter limiter_;
  FairShare turns_;
  std::map<std::int64_t, std::deque<Claimed>> waiting_;
  using RunAndTask = std::pair<std::int64_t, std::int64_t>;
  std::map<RunAndTask, AttemptSoFar> begun_;
  struct Refusals {
    MonoTime first;
    int times = 0;
  };
  std::map<RunAndTask, Refusals> refused_;
  std::set<std::int64_t> failing_;  // tasks that failed since a request was last answered well; two at most
  std::size_t buffered_ = 0;
  bool paused_ = false;
  MonoTime covered_until_{};
  std::string saved_why_;
  std::optional<MonoTime> saved_hold_;
  std::optional<MonoTime> saved_probe_;
};

}  // namespace fanout
