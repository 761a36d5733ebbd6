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
#include <string>
#include <vector>

#include "auth/credentials.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/transport.h"
#include "limit/fair_share.h"
#include "limit/limiter.h"
#include "spec/config.h"
#include "store/store.h"

namespace fanout {

using TransportMaker = std::function<std::unique_ptr<Transport>(const VendorSpec&)>;

// A claimed task in memory, with what this claim has gone through.
struct Claimed {
  Task task;
  std::string redirected_to;  // empty: ask what the level says
  int hops = 0;
  bool renewed = false;     // credentials, since it was claimed
  bool sent_again = false;  // because it may never have been read
  std::string renew_why;
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
  std::vector<Claimed> take_all();  // what waits here, to be put back
  std::vector<Claimed> take_run(std::int64_t run);

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
  std::size_t buffered_ = 0;
  bool paused_ = false;
  MonoTime covered_until_{};
  std::string saved_why_;
  std::optional<MonoTime> saved_hold_;
  std::optional<MonoTime> saved_probe_;
};

}  // namespace fanout
