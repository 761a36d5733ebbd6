// What the vendor tells of its limits, as a bound beside those that are configured: so it counts where it is
// stricter, and is nothing where it is looser.
//
// Of each limit: what remains of it (limit/allowance.h), and where its window is told too, the window and a
// pace like a rate's. A refusal makes no limit looser. What one reply tells of and another does not is a
// bucket of its own (GitHub's `search` beside its `core`). Nobody here knows which bucket the next request
// falls into, so it waits for all of them; but what was answered for another bucket does not count in this
// one, and a bucket is not paced. What was not told for a day is forgotten.
//
// Owned by the limiter, on the loop, told the time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "limit/allowance.h"
#include "limit/flight.h"
#include "limit/lane.h"
#include "limit/rates.h"
#include "limit/told_limit.h"

namespace fanout {

class Told {
 public:
  static constexpr std::size_t kMost =
      32;  // limits; of more, those that were not told for longest are forgotten

  // What the end of a request tells.
  struct Ended {
    const ToldLimits& told;
    MonoTime taken{};
    std::optional<Flight::Request> flown{};  // it was in flight until now
    bool well = false;
    bool refused = false;
  };
  // rates, flight: what was asked before counts in a window that is told for the first time.
  void ended(const Ended& ended, const Rates& rates, const Flight& flight, MonoTime now);
  void taken(MonoTime now, int cost = 1);
  void sent(MonoTime now, int cost = 1);

  // As those of the limiter; in_flight: what those in flight cost together.
  MonoTime next(MonoTime now, std::int64_t in_flight, int cost = 1) const;
  std::int64_t room(MonoTime now, MonoTime until, std::int64_t in_flight) const;
  std::string why(MonoTime now) const;

  // One of the limits has a window.
  bool has_windows() const;
  // How many could leave until then at most, as far as those windows go.
  std::int64_t room_of_windows(MonoTime now, MonoTime until) const;
  // Until when nothing leaves because nothing remains, if that is worth keeping over a restart.
  std::optional<MonoTime> empty_until(MonoTime now) const;

  // leaving: so many more may leave before the next save.
  void save(SavedLimiter& saved, std::int64_t leaving, std::int64_t in_flight, MonoTime now) const;
  // then: when it was saved.
  void restore(const SavedLimiter& saved, MonoTime then, MonoTime now);

 private:
  struct Entry {
    std::string name;
    MonoTime heard{};
    Allowance allowance;
    std::optional<Lane> lane;
    bool several = false;  // some replies tell of others only
  };

  Entry& entry_of(const std::string& name, MonoTime now);
  void count(Entry& entry, const Ended& ended, const ToldLimit* limit, MonoTime now);
  void hear(Entry& entry, const ToldLimit& limit, const Ended& ended, MonoTime now);
  static void change_lane(Entry& entry, const ToldLimit& limit, bool refused, const Rates& rates,
                          const Flight& flight, MonoTime now);
  void forget_old(MonoTime now);

  std::vector<Entry> entries_;
  std::optional<MonoTime> refused_at_;  // and nothing was answered well since
  bool refused_again_ = false;
};

}  // namespace fanout
