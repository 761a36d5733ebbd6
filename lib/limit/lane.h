// One rate as it is kept: in each window of its length, and evenly paced. Configured or told, it is the same.
#pragma once

#include <cstdint>
#include <vector>

#include "limit/limiter_state.h"
#include "limit/pace.h"
#include "limit/window.h"

namespace fanout {

struct Lane {
  Window window;
  Pace pace;

  // How many could leave until then at most.
  std::int64_t room(MonoTime now, MonoTime until) const;
  // As those of Rates.
  std::int64_t turns_until(MonoTime now, MonoTime at) const;
  std::optional<milliseconds> time_for(std::int64_t count, MonoTime now) const;

  void taken(MonoTime now, int cost = 1);
  // leaving: so many more may leave before the next save. most: entries that are written.
  SavedLimiter::Lane saved(std::int64_t leaving, MonoTime now, std::size_t most = kMostEntriesKept) const;
  // Its window begins anew with what had arrived before it was saved then.
  void restore(const std::vector<SavedLimiter::Entry>& past, MonoTime then, MonoTime now);
};

}  // namespace fanout
