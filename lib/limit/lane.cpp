#include "limit/lane.h"

namespace fanout {

void Lane::taken(MonoTime now, int cost) {
  window.taken(now, cost);
  pace.taken(now, cost);
}

SavedLimiter::Lane Lane::saved(std::int64_t leaving, MonoTime now, std::size_t most) const {
  return {window.rate().window, std::chrono::ceil<milliseconds>(pace.due_after(leaving, now) - now),
          entries_of(window.arrivals(), now, most)};
}

void Lane::restore(const std::vector<SavedLimiter::Entry>& past, MonoTime then, MonoTime now) {
  const Rate rate = window.rate();
  window = Window(rate);
  for (const auto& entry : past) {
    if (then - entry.age + rate.window > now) window.arrived(then - entry.age, entry.count);
  }
}

}  // namespace fanout
