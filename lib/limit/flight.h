// How many requests are at a vendor at once.
//
// A process that dies leaves requests behind that the vendor may go on with: these orphans take up slots
// until they must be over. Owned by the limiter, on the loop, told the time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/time.h"

namespace fanout {

class Flight {
 public:
  struct Request {
    std::optional<MonoTime> sent{};  // when its last byte was handed to the system; nothing: not yet
    int cost = 1;                    // what it counts for in the rates …
    std::optional<int> told{};       // … and what it counted for, as its reply told
    int counts() const { return told.value_or(cost); }
    // So much more than was known when it left.
    int more() const { return std::max(counts() - cost, 0); }
  };

  int count() const { return static_cast<int>(requests_.size()); }
  std::int64_t cost() const { return cost_; }  // of all of them
  const std::unordered_map<std::uint64_t, Request>& requests() const { return requests_; }

  std::uint64_t take(int cost = 1) {
    requests_.emplace(++latest_, Request{std::nullopt, cost});
    cost_ += cost;
    return latest_;
  }
  // Null: it is not on its way any more.
  Request* find(std::uint64_t number) {
    const auto found = requests_.find(number);
    return found == requests_.end() ? nullptr : &found->second;
  }
  void end(std::uint64_t number) {
    if (const auto* request = find(number)) cost_ -= request->cost;
    requests_.erase(number);
  }

  struct Orphans {
    int count = 0;
    MonoTime until{};
  };
  const Orphans& orphans() const { return orphans_; }
  void add_orphans(int count, MonoTime until) {
    orphans_.count += count;
    orphans_.until = std::max(orphans_.until, until);
  }
  // They leave no slot of so many.
  bool orphans_fill(int slots, MonoTime now) const {
    return orphans_.until > now && orphans_.count + count() >= slots;
  }

  // When there is one of so many slots; MonoTime::max(): only a request in flight can free it.
  MonoTime next(int slots, MonoTime now) const {
    if (count() >= slots) return MonoTime::max();
    return orphans_fill(slots, now) ? orphans_.until : now;
  }

 private:
  std::unordered_map<std::uint64_t, Request> requests_;  // by number
  std::int64_t cost_ = 0;
  std::uint64_t latest_ = 0;
  Orphans orphans_;
};

}  // namespace fanout
