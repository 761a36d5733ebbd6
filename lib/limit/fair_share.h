// Whose turn it is: weighted fair shares of one vendor over its pipelines.
//
// Start-time fair queueing (Goyal, Vin, Cheng: "Start-time Fair Queueing", SIGCOMM 1996). Each name has a
// finish tag, its cost so far by its weight; a turn starts at that tag, or at the start of the latest turn if
// that is later. The smallest start goes next. So who was away, or is new, begins where the others are: it
// has no credit for its absence. Owned by the vendor's gate, on the loop; never fails.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fanout {

class FairShare {
 public:
  // Until it is set a weight is 1.
  void set(const std::string& name, int weight);
  // Who of these goes next; nothing if there are none.
  std::optional<std::string> pick(const std::vector<std::string>& names) const;
  // Its turn has come, at this cost.
  void charge(const std::string& name, int cost);

 private:
  struct Share {
    double weight = 1;
    double finish = 0;
  };

  double start(const std::string& name) const;

  std::map<std::string, Share> shares_;
  double now_ = 0;  // the start of the latest turn
};

}  // namespace fanout
