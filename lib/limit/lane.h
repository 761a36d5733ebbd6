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

  void taken(MonoTime now, int cost = 1);
  // leaving: so many more may leave before the next save. most: entries that are written.
  SavedLimiter::Lane saved(std::int64_t leaving, MonoTime now, std::size_t most = kMostEntriesKept) const;
  // Its window begins anew with what had arrived before it was saved then.
  void restore(const std::vector<SavedLimiter::Entry>& past, MonoTime then, MonoTime now);
};

}  // namespace fanout
