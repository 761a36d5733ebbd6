// From a claimed task to its request, signed and ready to leave.
#pragma once

#include <memory>
#include <variant>

#include "harvest/active_run.h"
#include "harvest/attempt.h"
#include "harvest/dispatcher.h"
#include "http/transport.h"
#include "task/settlement.h"

namespace fanout {

struct Departure {
  std::shared_ptr<Attempt> attempt;  // without a ticket yet
  Request request;
};

// Or how the task is settled without a request, because none is needed or none can be made.
std::variant<Departure, Settlement> depart(Claimed claimed, const ActiveRun& run,
                                           const std::shared_ptr<const Config>& config,
                                           const Dispatcher& dispatcher);

}  // namespace fanout
