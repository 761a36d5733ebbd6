// So many in each period of a calendar, such as a day that begins at midnight somewhere.
//
// Nobody here knows to the second when the vendor's period begins: what leaves around the reset counts in
// both, and so does what is in flight then. It is not spread over the period, but no faster than a hundred
// times that pace, so that what a crash may have let through is little (limit/pace.h). Owned by a finer
// limit, on the loop, told the time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "limit/pace.h"

namespace fanout {

struct Period {
  // A reset lies so far within what counts on both sides of it.
  static constexpr milliseconds kAround{5000};

  std::int64_t limit = 1;
  MonoTime begins{};  // kAround after the reset …
  MonoTime ends{};    // … and after the next one
  std::string text{};
  friend bool operator==(const Period&, const Period&) = default;
};

struct SavedPeriod {
  std::int64_t used = 0;
  std::int64_t late = 0;  // … of it around the end of the period
  milliseconds began_ago{0};
};

class PeriodQuota {
 public:
  PeriodQuota(const Period& period, MonoTime now);
  // Of the same days, or of others from now on.
  void change(const Period& period, std::int64_t in_flight, MonoTime now);

  MonoTime next(MonoTime now, int cost = 1) const;
  std::int64_t room(MonoTime now, MonoTime until) const;
  milliseconds time_for(std::int64_t cost, MonoTime now) const;
  bool is_used_up() const { return used_ >= period_.limit; }
  bool is_new() const { return used_ == 0; }

  void taken(MonoTime now, int cost);
  void costs_more(int cost) { used_ += cost; }

  // leaving: so many more may leave before the next save.
  SavedPeriod save(std::int64_t leaving, MonoTime now) const;
  // then: when it was saved.
  void restore(const SavedPeriod& saved, MonoTime then);
  void assume_used_up() { used_ = period_.limit; }

 private:
  // Two looks at two clocks differ by less.
  static constexpr milliseconds kSame{60'000};

  Period period_;
  Pace pace_;
  std::int64_t used_ = 0;
  std::int64_t late_ = 0;  // of these, around the end of the period
};

}  // namespace fanout
