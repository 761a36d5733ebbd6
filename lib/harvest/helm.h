// Starts, cancels and pauses, over the engine's machines.
//
// Owned by the engine, on the loop. "Why did a run not start?" is answered by why_not_start() and nowhere
// else, whoever wanted it: a schedule, an order, or --once.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "harvest/agenda.h"
#include "harvest/committer.h"
#include "harvest/dispatchers.h"
#include "harvest/open_runs.h"
#include "harvest/steering.h"

namespace fanout {

class Helm : public Steering {
 public:
  Helm(const Clock& clock, OpenRuns& runs, Dispatchers& dispatchers, Agenda& agenda, Committer& committer);

  std::string start(const std::string& pipeline) override;
  std::string sample(const std::string& pipeline, int most_requests) override;
  std::string cancel(const std::string& pipeline) override;
  std::string pause(const std::string& vendor_or_pipeline, bool paused) override;
  std::string why(const Command& asked) override;
  bool is_beginning(const std::string& pipeline) const override;
  bool is_pipeline(const std::string& name) const override;

  // Empty: it may.
  std::string why_not_start(const std::string& pipeline);
  void start(const std::string& pipeline, const std::string& cause, WallTime scheduled_for,
             int most_requests = 0);

  // Whether they start or not, with the next commit it is kept that they are dealt with.
  void start_what_is_due(const Log& log);

  // Claimed tasks go back into the queue.
  void put_back(const std::vector<Claimed>& claimed);
  // … until their turn under a limit of their own.
  void put_off(const std::vector<PutOff>& held);
  void put_back_what_may_not_go();
  // Runs of which more is dead than is tolerated send nothing more, and end.
  void stop_what_fails();
  // Claimed tasks go to their dispatchers, or back if they may not leave any more.
  void take(std::vector<Task> claimed);
  void forget(std::int64_t run);

 private:
  const Clock& clock_;
  OpenRuns& runs_;
  Dispatchers& dispatchers_;
  Agenda& agenda_;
  Committer& committer_;
};

}  // namespace fanout
