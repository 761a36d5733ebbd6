// The adaptive bound at work against a vendor that tells nothing, in virtual time, with as many requests as
// it allows; and what a witness at the vendor's door saw.
#pragma once

#include <map>
#include <queue>
#include <vector>

#include "limit/adaptive.h"
#include "limit/hold.h"
#include "limit/strange_vendors.h"

namespace fanout::strange {

// Counts by itself, second by second; shares nothing with lib/limit.
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
  // In a window that begins where the vendor's clock says.
  double most_in_each(Time window) const {
    std::map<Time, double> counts;
    double most = 0;
    for (const auto& [at, fate] : arrivals_) most = std::max(most, ++counts[std::floor(at / window)]);
    return most;
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
  std::vector<Arrival> arrivals_;
  double not_well_ = 0;
  double most_in_flight_ = 0;
};

class Searching {
 public:
  explicit Searching(Vendor vendor) : vendor_(std::move(vendor)) {}

  const Seen& seen() const { return seen_; }
  const Adaptive& adaptive() const { return adaptive_; }
  void restart() {
    const auto state = adaptive_.state();
    adaptive_ = Adaptive(mono(now_));
    adaptive_.restore(state, mono(now_));
  }

  void run(Time until) {
    while (true) {
      const Time leaves = next();
      const Time ends = flight_.empty() ? kNever : flight_.top().ends;
      if (std::min(leaves, ends) >= until) break;
      now_ = std::min(leaves, ends);
      ends <= leaves ? end() : leave();
    }
    now_ = until;
  }

 private:
  static constexpr Time kNever = 1e18;
  static constexpr Time kWay = 0.002;
  struct Request {
    Time ends;
    Adaptive::Left left;
    Fate fate;
    bool operator<(const Request& other) const { return ends > other.ends; }
  };
  static MonoTime mono(Time at) { return MonoTime{} + microseconds(static_cast<std::int64_t>(at * 1e6)); }
  static Time time(MonoTime at) {
    return at == MonoTime::max() ? kNever : static_cast<Time>(at.time_since_epoch().count()) / 1e6;
  }

  Time next() const {
    Time at = std::max(now_, time(adaptive_.next(static_cast<int>(flight_.size()))));
    if (hold_.until()) at = std::max(at, time(*hold_.until()));
    return at;
  }
  void leave() {
    const int in_flight = static_cast<int>(flight_.size()) + 1;
    const auto left = adaptive_.taken(mono(now_), in_flight);
    const auto reaction = vendor_(now_ + kWay, in_flight);
    seen_.arrived(now_ + kWay, reaction.fate, in_flight);
    flight_.push({now_ + 2 * kWay + reaction.took, left, reaction.fate});
  }
  void end() {
    const Request request = flight_.top();
    flight_.pop();
    const auto said = request.fate == Fate::well      ? Adaptive::Said::well
                      : request.fate == Fate::refused ? Adaptive::Said::refused
                                                      : Adaptive::Said::failed;
    adaptive_.ended(request.left, said, "level", mono(now_));
    if (request.fate == Fate::refused) hold_.begin(request.left.at, mono(now_), adaptive_.quiet(mono(now_)));
  }

  Vendor vendor_;
  Adaptive adaptive_{MonoTime{}};
  Hold hold_;
  Seen seen_;
  Time now_ = 0;
  std::priority_queue<Request> flight_;
};

}  // namespace fanout::strange
