// What comes of an attempt that is over: its task is settled and its answer kept, or the attempt goes on.
//
// Owned by the engine, on the loop. What a reply means is judge()'s, what becomes of the task
// task/disposition.h's; this brings together what they are asked with, and carries out what they say.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "harvest/attempt.h"
#include "harvest/committer.h"
#include "harvest/dispatchers.h"
#include "harvest/open_runs.h"
#include "reply/reading.h"

namespace fanout {

class Conclusions {
 public:
  Conclusions(const Clock& clock, Random& random, const Log& log, OpenRuns& runs, Dispatchers& dispatchers,
              Committer& committer);

  void draw(Attempt& attempt, Reply reply, Reading reading);

 private:
  void go_on(Attempt& attempt, Again how, std::string redirected_to);
  void learn(const Attempt& attempt, const Reading& reading);
  void settle(const Attempt& attempt, const Outcome& outcome, Reply reply, Reading reading);
  void sample(ActiveRun& run, const Task& task, Settlement& settlement);
  void bury(const Attempt& attempt, const Settlement& settlement);
  void keep(const Attempt& attempt, Reply reply, Reading reading);

  const Clock& clock_;
  Random& random_;
  const Log& log_;
  OpenRuns& runs_;
  Dispatchers& dispatchers_;
  Committer& committer_;
};

}  // namespace fanout
