// What binds some of a vendor's requests and not all alike: its finer limits, and its budget for retries.
//
// A demand takes a part of each that binds it. Finer limits that bind all requests are kept here too, and are
// in no demand. Owned by the limiter, on the loop, told the time.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "limit/demand.h"
#include "limit/finer_limit.h"
#include "limit/limiter_state.h"
#include "limit/retry_budget.h"

namespace fanout {

class PartBounds {
 public:
  using Tickets = std::vector<FinerLimit::Ticket>;

  // A limit of the same name goes on with what it knows.
  void reconfigure(const std::vector<FinerLimits>& finer, double retry_share, microseconds jitter,
                   MonoTime now);

  // The part that lets it go last, and when; now, where none holds it up. probes: nothing but probes goes,
  // and any task may be one, so retries are not counted.
  struct Held {
    MonoTime until{};
    Demand::Part part{};
  };
  Held latest(const Demand& demand, bool probes, MonoTime now) const;

  // Of one part: when it may go, how much of it may until then, what it is.
  MonoTime next(const Demand::Part& part, MonoTime now) const;
  std::int64_t room(const Demand::Part& part, MonoTime now, MonoTime until) const;
  std::string text(const Demand::Part& part) const;
  // How many turns there are until then at the most, as far as they are counted. When so much is over, at the
  // earliest, after so much that is ahead of it and counted; what is not counted begins at `from`.
  std::int64_t turns_until(const Demand::Part& part, MonoTime at, MonoTime now) const;
  MonoTime end_of_turns(const Demand::Part& part, std::int64_t ahead, std::int64_t cost, MonoTime from,
                        MonoTime now) const;
  // Whose limit it is: that of its value, or of many values that share one.
  const std::string& owner(const Demand::Part& part) const;
  std::optional<milliseconds> time_for(std::size_t limit, std::int64_t cost, MonoTime now) const {
    return finer_.at(limit).time_for(cost, now);
  }

  // Of those that bind all requests, as those of the limiter.
  std::int64_t room_of_all(MonoTime now, MonoTime until) const;
  std::optional<milliseconds> time_for_all(double count, double cost, MonoTime now) const;
  double leave_until(MonoTime until, double cost, MonoTime now) const;
  std::string why_all(MonoTime now) const;
  // … and of the others: why some requests do not go.
  std::vector<std::string> why_some(MonoTime now) const;

  bool counts() const;
  // Their state is so long that it is not for every commit.
  bool are_long() const;
  // Some demands have to wait where others need not.
  bool tell_apart() const { return !finer_.empty() || retries_.is_spent(); }

  Tickets take(const Demand& demand, MonoTime now);
  static void sent(const Tickets& tickets, MonoTime now);
  static void ended(const Tickets& tickets, bool well, std::optional<int> told, MonoTime now);
  void orphaned(int count, MonoTime until);

  std::vector<SavedLimiter::Finer> save(MonoTime now, MonoTime valid_until) const;
  void restore(const std::vector<SavedLimiter::Finer>& saved, MonoTime then, MonoTime now);
  void assume_full_pace(MonoTime now);
  // They are not what they were when the restored state was saved.
  bool are_other() const { return other_; }
  // Names of those that are gone with what they had counted, since the last call.
  std::vector<std::string> take_forgotten() { return std::exchange(forgotten_, {}); }

 private:
  std::vector<FinerLimit> finer_;  // by their place in the configuration
  bool other_ = false;
  std::vector<std::string> forgotten_;
  RetryBudget retries_;
};

}  // namespace fanout
