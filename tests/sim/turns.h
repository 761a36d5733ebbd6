// Whether each pipeline of a vendor gets its turns: none waits while others are asked for, again and again.
//
// Owned by a simulation, on its one thread. Judges while all is well, by what reaches the vendors and what
// the engine says is open.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harvest/active_run.h"
#include "sim/journal.h"
#include "sim/plan.h"

namespace fanout::sim {

class Turns {
 public:
  Turns(const Plan& plan, Journal& journal) : plan_(plan), journal_(journal) {}

  // A request of that pipeline, with what is open then.
  void arrived(const std::string& pipeline, const std::vector<RunProgress>& open);

 private:
  const Plan& plan_;
  Journal& journal_;
  std::map<std::string, int>
      passed_over_;  // by pipeline: so many of others since its last, or since it had none
};

}  // namespace fanout::sim
