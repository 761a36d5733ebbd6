// Why something does not go on, for who asks: a task, a pipeline or a vendor. One sentence, from the machines
// that decide it. Pure.
#pragma once

#include <string>

#include "base/clock.h"
#include "harvest/committer.h"
#include "harvest/dispatchers.h"
#include "harvest/open_runs.h"
#include "store/store.h"

namespace fanout {

class Why {
 public:
  Why(const Clock& clock, const OpenRuns& runs, const Dispatchers& dispatchers, const Committer& committer)
      : clock_(clock), runs_(runs), dispatchers_(dispatchers), committer_(committer) {}

  std::string of_task(const TaskNow& now) const;
  std::string of_pipeline(const std::string& name) const;
  std::string of_vendor(const std::string& name) const;

 private:
  std::string of_open_task(const TaskNow& now, const ActiveRun& run) const;
  // What lets a request like that go last; empty: it may go.
  std::string binding(const Dispatcher& dispatcher, const Demand& demand) const;

  const Clock& clock_;
  const OpenRuns& runs_;
  const Dispatchers& dispatchers_;
  const Committer& committer_;
};

}  // namespace fanout
