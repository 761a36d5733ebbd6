// Which claimed tasks wait too long here for a finer limit of theirs, and when they are to come back.
//
// A task that is held up by the vendor waits in memory or is put back, and with it all others of the vendor.
// But one that is held up by a limit of its own would stand in the way of those that may go: it goes back
// into the queue, due when its turn under that limit will be, so that each is claimed and put off once, and
// the claim's index holds what may go. Pure.
#pragma once

#include <string>
#include <vector>

#include "harvest/bookings.h"
#include "harvest/waiting_tasks.h"
#include "limit/limiter.h"

namespace fanout {

// Claimed tasks are put back when their next free moment is further away: they would outlive their claim.
inline constexpr milliseconds kWorthWaitingFor{1000};

struct PutOff {
  Claimed claimed;
  MonoTime due;
  std::string why;
};

// Takes them out, and books their turns.
std::vector<PutOff> put_off(WaitingTasks& waiting, Bookings& bookings, const Limiter& limiter, MonoTime now);

// For which turns that are free now some are to be called, since none waits here. goes: whether a run does.
std::vector<Call> vacant(const WaitingTasks& waiting, Bookings& bookings, const Limiter& limiter,
                         const std::function<bool(std::int64_t)>& goes, MonoTime now);

}  // namespace fanout
