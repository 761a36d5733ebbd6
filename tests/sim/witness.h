// Counts by itself what reaches a simulated vendor, against the limits that the configuration promised it.
//
// Owned by the vendor, on the simulation's one thread. Shares nothing with lib/limit: a window is looked at
// each time that a request arrives, by going back through the arrivals.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "sim/journal.h"
#include "sim/plan.h"

namespace fanout::sim {

class Witness {
 public:
  Witness(std::string vendor, const Timeline& timeline, Journal& journal)
      : vendor_(std::move(vendor)), timeline_(timeline), journal_(journal) {}

  // What holds from now on. What held before goes on to hold for requests that left before.
  void promise(const VendorPlan& plan);

  void arrived();
  void left();  // its reply is on the way, or the vendor is done with it

  // The vendor has asked for quiet. asked: when the request was taken by the engine, by order.
  void quiet(microseconds until, std::uint64_t order);
  void asked(std::uint64_t order, const std::string& target);
  // A process that dies right after it was told may forget.
  void forget_recent_quiet(microseconds since);

  // The vendor is down from now on; after the first failures only probes may come.
  void down(microseconds until);
  void up() { down_.reset(); }
  void crashed_while_down();
  void attempted();

  std::uint64_t arrivals() const { return total_; }

 private:
  struct Promise {
    Rate rate;
    microseconds from;
    microseconds to;
  };
  struct Concurrency {
    int most;
    microseconds until;
  };
  struct Quiet {
    microseconds from;
    microseconds until;
    std::uint64_t order;
  };
  struct Down {
    microseconds from;
    std::int64_t allowed;
    std::int64_t attempts = 0;
  };
  void check_windows();

  std::string vendor_;
  const Timeline& timeline_;
  Journal& journal_;
  std::vector<Promise> promises_;
  std::vector<Concurrency> concurrency_;
  std::vector<Quiet> quiet_;
  std::optional<Down> down_;
  std::deque<microseconds> arrivals_;
  std::uint64_t total_ = 0;
  int in_flight_ = 0;
  seconds timeout_{30};
  int in_flight_allowed_ = 0;
};

}  // namespace fanout::sim
