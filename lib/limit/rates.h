// All rates of a vendor: each has its window (limit/window.h) and its pace (limit/pace.h), and all hold at
// once.
//
// What was asked before still counts in a window that is added later. Owned by the limiter, on the loop, told
// the time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "limit/arrivals.h"
#include "limit/flight.h"
#include "limit/jitter.h"
#include "limit/lane.h"

namespace fanout {

inline constexpr milliseconds kWorthSaying{2000};  // a shorter wait is no reason for anybody to ask why

class Rates {
 public:
  Rates();

  bool empty() const { return lanes_.empty(); }
  // jitter: no request is longer than another on its way by more than that.
  void configure(const std::vector<Rate>& rates, int burst, microseconds jitter, const Flight& flight,
                 MonoTime now);

  MonoTime next(MonoTime now, int cost = 1) const;
  // The one that lets it go last. There is one.
  Rate latest(MonoTime now, int cost) const;
  // How many of cost 1 could leave until then at most.
  std::int64_t room(MonoTime now, MonoTime until) const;
  // … if each leaves as early as it may, so that each window goes as the one before it. And how long so many
  // take then; nothing where no rate says so, or it is years.
  std::int64_t turns_until(MonoTime now, MonoTime at) const;
  std::optional<milliseconds> time_for(std::int64_t count, MonoTime now) const;
  // Which one is used up for longer than a moment; empty: none.
  std::string why(MonoTime now) const;

  // With all that was asked before.
  Window window_from_history(const Rate& rate, const Flight& flight, MonoTime now) const;
  // One request is so much longer on its way than another.
  microseconds jitter() const { return std::min(seen_.known().value_or(most_jitter_), most_jitter_); }

  void taken(MonoTime now, int cost = 1);
  void sent(MonoTime now, int cost = 1);
  void ended(const Flight::Request& request, bool well, MonoTime now);

  // leaving: so many more may leave before the next save.
  void save(SavedRates& saved, std::int64_t leaving, MonoTime now) const;
  // Only the windows that there are, in so many entries each.
  void save_lanes(SavedRates& saved, std::int64_t leaving, MonoTime now, std::size_t entries) const;
  // then: when it was saved.
  void restore(const SavedRates& saved, MonoTime then, MonoTime now);
  // As if the vendor had been asked at the full pace, with so many in flight at the end.
  void assume_full_pace(int in_flight, MonoTime now);

 private:
  Lane* lane_of(milliseconds window);
  void allow_for_the_way();

  std::vector<Lane> lanes_;
  Arrivals history_;  // of a day, for windows that are added later
  Jitter seen_;
  microseconds most_jitter_{0};
};

}  // namespace fanout
