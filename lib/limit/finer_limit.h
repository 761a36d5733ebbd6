// A limit of some of a vendor's requests, beside the vendor's own: those of a level, of a path, of an hour of
// the day, or of each value of a field by itself.
//
// It has rates and slots like the vendor; both are kept for each value (a bucket), or once where the limit
// has no values. Requests that it does not bind at the moment (outside of its hours) count all the same. Of
// many values kMostValues that are in use have buckets of their own, and the others share one. A value begins
// with all that was counted in the shared one, since some of it may be its own: too careful, never too
// little. So whatever may have been asked that nobody remembers is counted there as well. Owned by the
// limiter, on the loop, told the time.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "limit/demand.h"
#include "limit/flight.h"
#include "limit/limiter_state.h"
#include "limit/period_quota.h"
#include "limit/rates.h"

namespace fanout {

struct FinerLimits {
  static constexpr int kNoSlots = std::numeric_limits<int>::max();

  std::string name;
  std::vector<Rate> rates;  // all hold at once
  std::optional<Period> period{};
  int burst = 1;
  int concurrency = kNoSlots;      // in flight at once
  std::optional<int> cost{};       // of each request, where it binds all of them; nothing: the request's own
  int largest_cost = 1;            // of a request
  bool per_value = false;          // each value has a limit of its own
  bool for_all = false;            // it binds all of the vendor's requests
  bool in_force = true;            // it is within its hours …
  std::optional<MonoTime> ends{};  // … until then
  friend bool operator==(const FinerLimits&, const FinerLimits&) = default;
};

class FinerLimit {
  struct Bucket;

 public:
  static constexpr std::size_t kMostValues = 2000;

  // One request that falls under it, on its way.
  struct Ticket {
    std::shared_ptr<Bucket> bucket;
    std::string sharing;  // the value, where the bucket is not its own
    std::uint64_t number = 0;
    MonoTime taken{};
    bool fixed = false;  // its cost is the limit's, whatever a reply tells
  };

  FinerLimit(FinerLimits limits, microseconds jitter, MonoTime now);
  void reconfigure(FinerLimits limits, microseconds jitter, MonoTime now);
  const std::string& name() const { return limits_.name; }
  // What it counts outlives the process.
  bool counts() const { return has_rates() || limits_.period; }
  bool for_all() const { return limits_.for_all; }
  std::size_t values() const { return of_value_.size(); }
  // Where it binds all requests.
  int cost_of(const Demand& demand) const { return limits_.cost.value_or(demand.cost); }
  double cost_of(double average) const { return limits_.cost ? *limits_.cost : average; }

  // As those of the limiter. room: slots taken more than once, since they are soon free again.
  MonoTime next(const Demand::Part& part, MonoTime now) const;
  std::int64_t room(const std::string& value, MonoTime now, MonoTime until) const;
  // Nothing where values have limits of their own: nobody knows how many values there will be.
  std::optional<milliseconds> time_for(std::int64_t cost, MonoTime now) const;
  // What it is, for the operator: "limit search (30/1m)".
  std::string text() const;
  std::string why(MonoTime now) const;

  Ticket take(const Demand::Part& part, MonoTime now);
  static void sent(const Ticket& ticket, MonoTime now);
  // told: what it cost, as its reply told.
  static void ended(const Ticket& ticket, bool well, MonoTime now, std::optional<int> told = {});
  void orphaned(int count, MonoTime until);

  // How many turns there are until then at the most, as far as rates and quota say.
  std::int64_t turns_until(const std::string& value, MonoTime at, MonoTime now) const;
  // When so much of it is over, after so much that is ahead; it begins at `from` or later, and ends within
  // its hours, and days at the most.
  MonoTime end_of_turns(const std::string& value, std::int64_t ahead, std::int64_t cost, MonoTime from,
                        MonoTime now) const;
  // Whose limit it is: the value's own, or the one that many share.
  const std::string& owner(const std::string& value) const;

  // Nothing leaves after valid_until without another save.
  SavedLimiter::Finer save(MonoTime now, MonoTime valid_until) const;
  // then: when it was saved.
  void restore(const SavedLimiter::Finer& saved, MonoTime then, MonoTime now);
  // As if all had been asked at the full pace.
  void assume_full_pace(MonoTime now);

 private:
  struct Bucket {
    MonoTime next(int slots, int cost, MonoTime now) const;
    std::int64_t room(MonoTime now, MonoTime until) const;
    std::optional<milliseconds> time_for(std::int64_t cost, MonoTime now) const;
    bool is_used_up(MonoTime now) const;

    Rates rates;
    std::optional<PeriodQuota> quota;
    Flight flight;
    std::optional<MonoTime> touched;  // last
    microseconds lasts{20'000};       // a request, lately
    std::map<std::string, int> ours;  // in flight, of values that share it
  };

  // That of the value; where it has none yet, the one that it would have.
  std::shared_ptr<const Bucket> find(const std::string& value, MonoTime now) const;
  std::shared_ptr<Bucket> fresh(MonoTime now) const;
  std::shared_ptr<Bucket> bucket(const std::string& value, MonoTime now);
  // As good as new.
  bool is_idle(const Bucket& bucket, MonoTime now) const;
  void forget_idle(MonoTime now);
  bool has_rates() const { return !limits_.rates.empty(); }
  void configure(Bucket& bucket, MonoTime now) const;
  // leaving: so many more may leave before the next save.
  static SavedLimiter::Finer::OfValue saved(const Bucket& bucket, std::int64_t leaving, MonoTime now);
  // then: when it was saved.
  std::shared_ptr<Bucket> restored(const SavedLimiter::Finer::OfValue& saved, MonoTime then,
                                   MonoTime now) const;
  // What may leave by then, and the cost of one more.
  std::int64_t leaving(const Bucket& bucket, MonoTime now, MonoTime until) const;

  FinerLimits limits_;
  microseconds jitter_{0};
  std::shared_ptr<Bucket> shared_ = std::make_shared<Bucket>();  // of all, where there are no values
  std::map<std::string, std::shared_ptr<Bucket>> of_value_;
  MonoTime swept_at_{};
  int largest_ = 1;  // cost that was taken
};

}  // namespace fanout
