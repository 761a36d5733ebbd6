// A way to find what a vendor bears, at work against one that tells nothing: in virtual time, with as many
// requests as it allows; and what a witness at the vendor's door saw.
#pragma once

#include <map>
#include <queue>
#include <vector>

#include "limit/adaptive.h"
#include "limit/hold.h"
#include "limit/strange_vendors.h"

namespace fanout::strange {

inline constexpr Time kNever = 1e18;

// Counts by itself; shares nothing with lib/limit.
class Seen {
 public:
  void arrived(Time at, Fate fate, int in_flight) {
    arrivals_.push_back({at, fate});
    if (fate != Fate::well) ++not_well_;
    most_in_flight_ = std::max<double>(most_in_flight_, in_flight);
  }
  double answered_between(Time from, Time until) const { return count(from, until, true); }
  double not_well_between(Time from, Time until) const { return count(from, until, false); }
  double not_well_share() const {
    return not_well_ / std::max<double>(1, static_cast<double>(arrivals_.size()));
  }
  double most_in_flight() const { return most_in_flight_; }
  // In a window of so many seconds, wherever it begins.
  double most_in_any(Time window) const {
    double most = 0;
    std::deque<Time> inside;
    for (const auto& [at, fate] : arrivals_) {
      inside.push_back(at);
      while (inside.front() <= at - window) inside.pop_front();
      most = std::max(most, static_cast<double>(inside.size()));
    }
    return most;
  }
  // In a window that begins where the vendor's clock says, as a share of what it allows in one.
  double most_in_each(Time window, const std::function<double(Time)>& allowed) const {
    std::map<Time, double> counts;
    double most = 0;
    for (const auto& [at, fate] : arrivals_)
      most = std::max(most, ++counts[std::floor(at / window)] / allowed(at));
    return most;
  }
  // How many were answered well in each stretch of so many seconds.
  std::vector<double> answered_in_each(Time stretch) const {
    std::vector<double> counts;
    for (const auto& [at, fate] : arrivals_) {
      counts.resize(std::max(counts.size(), static_cast<std::size_t>(at / stretch) + 1));
      if (fate == Fate::well) ++counts.back();
    }
    return counts;
  }

 private:
  struct Arrival {
    Time at;
    Fate fate;
  };
  double count(Time from, Time until, bool well) const {
    return static_cast<double>(std::ranges::count_if(arrivals_, [&](const Arrival& one) {
      return one.at >= from && one.at < until && (one.fate == Fate::well) == well;
    }));
  }
  std::vector<Arrival> arrivals_;  // by time
  double not_well_ = 0;
  double most_in_flight_ = 0;
};

// A Way has next(now, in_flight), when one may leave; taken(now, in_flight with it), which gives what it
// wants to know at its end; and ended(that, fate, now).
template <typename Way>
class Playing {
 public:
  explicit Playing(Vendor vendor, Way way = {}, int workers = 1'000'000)
      : vendor_(std::move(vendor)), way_(std::move(way)), workers_(workers) {}

  const Seen& seen() const { return seen_; }
  Time now() const { return now_; }
  Way& way() { return way_; }
  const Way& way() const { return way_; }

  void run(Time until) {
    while (true) {
      const int in_flight = static_cast<int>(flight_.size());
      const Time leaves = in_flight >= workers_ ? kNever : way_.next(now_, in_flight);
      const Time ends = flight_.empty() ? kNever : flight_.top().ends;
      if (std::min(leaves, ends) >= until) break;
      now_ = std::min(leaves, ends);
      ends <= leaves ? end() : leave(in_flight + 1);
    }
    now_ = until;
  }

 private:
  static constexpr Time kWay = 0.002;
  struct Request {
    Time ends;
    typename Way::Left left;
    Fate fate;
    bool operator<(const Request& other) const { return ends > other.ends; }
  };

  void leave(int in_flight) {
    const auto left = way_.taken(now_, in_flight);
    const auto reaction = vendor_(now_ + kWay, in_flight);
    seen_.arrived(now_ + kWay, reaction.fate, in_flight);
    flight_.push({now_ + 2 * kWay + reaction.took, left, reaction.fate});
  }
  void end() {
    const Request request = flight_.top();
    flight_.pop();
    way_.ended(request.left, request.fate, now_);
  }

  Vendor vendor_;
  Way way_;
  int workers_;
  Seen seen_;
  Time now_ = 0;
  std::priority_queue<Request> flight_;
};

// fanoutd's: the adaptive bound, with the hold that a refusal brings.
class FromBelow {
 public:
  using Left = Adaptive::Left;

  const Adaptive& adaptive() const { return adaptive_; }
  void restart(Time now) {
    const auto state = adaptive_.state(mono(now));
    adaptive_ = Adaptive(mono(now));
    adaptive_.restore(state, mono(now));
  }

  Time next(Time now, int in_flight) const {
    const Time at = std::max(now, time(adaptive_.next(in_flight)));
    return hold_.until() ? std::max(at, time(*hold_.until())) : at;
  }
  Left taken(Time now, int in_flight) { return adaptive_.taken(mono(now), in_flight); }
  void ended(const Left& left, Fate fate, Time now) {
    const auto said = fate == Fate::well      ? Adaptive::Said::well
                      : fate == Fate::refused ? Adaptive::Said::refused
                                              : Adaptive::Said::failed;
    adaptive_.ended(left, said, "level", mono(now));
    if (fate == Fate::refused) hold_.begin(left.at, mono(now), adaptive_.quiet(mono(now)));
  }

 private:
  static MonoTime mono(Time at) { return MonoTime{} + microseconds(static_cast<std::int64_t>(at * 1e6)); }
  static Time time(MonoTime at) {
    return at == MonoTime::max() ? kNever : static_cast<Time>(at.time_since_epoch().count()) / 1e6;
  }

  Adaptive adaptive_{MonoTime{}};
  Hold hold_;
};

using Searching = Playing<FromBelow>;

}  // namespace fanout::strange
