// One rate, kept in every stretch of time of its length, wherever it begins, as the vendor sees it.
//
// Nobody here knows when a request arrives, only that it is between its leaving and its reply. So it counts
// from the moment it is taken until its latest possible arrival has left the window: its reply, or `grace`
// after its last byte was handed to the system, whichever is first. Whoever is taken while all others that
// still count are fewer than the limit can complete no stretch with more than the limit: the last of a
// stretch to be taken found all the others of it counted. The grace is as long as one request may be on its
// way longer than another (limit/jitter.h), at least 0.5 % of the window; it bounds what is lost by waiting
// for slow replies. A request counts as its cost. Owned by the limiter, on the loop, told the time, which
// never goes back.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/units.h"
#include "limit/arrivals.h"
#include "limit/flight.h"

namespace fanout {

class Window {
 public:
  explicit Window(Rate rate);

  static microseconds least_grace(milliseconds window) { return microseconds(window) / 200; }

  const Rate& rate() const { return rate_; }
  microseconds grace() const { return grace_; }
  void change_limit(std::int64_t limit);
  void allow(microseconds jitter) { grace_ = std::max(jitter, least_grace(rate_.window)); }

  void taken(MonoTime now, int cost = 1);
  void sent(MonoTime now, int cost = 1);
  void finished(const Flight::Request& request, MonoTime now);
  // Its reply says that it does not count here.
  void elsewhere(const Flight::Request& request, MonoTime now);

  // What happened before this window was there. Oldest first.
  void arrived(MonoTime at, std::int64_t count) { arrivals_.add(at, count); }
  void on_its_way(const Flight::Request& request, MonoTime now);

  // From when on there is room for one more; MonoTime::max(): only a request in flight can make room.
  MonoTime next(MonoTime now, int cost = 1) const;
  // How many of cost 1 at most could be taken until then.
  std::int64_t room(MonoTime now, MonoTime until) const;

  const Arrivals& arrivals() const { return arrivals_; }

 private:
  struct Sent {
    MonoTime at;
    int cost;
  };

  void advance(MonoTime now);
  // False: it had arrived by now, for all that is known.
  bool end(const Flight::Request& request, MonoTime now);
  std::int64_t count() const { return arrivals_.count() + unsent_ + sent_cost_; }

  Rate rate_;
  microseconds grace_;
  Arrivals arrivals_;        // whose latest possible arrival is past
  std::int64_t unsent_ = 0;  // taken, and nothing is known of them yet
  std::deque<Sent> sent_;    // since less than grace, and without a reply; by time
  std::int64_t sent_cost_ = 0;
};

}  // namespace fanout
