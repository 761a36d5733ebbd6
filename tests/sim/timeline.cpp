#include "sim/timeline.h"

#include <algorithm>

namespace fanout::sim {

Timeline::Id Timeline::at(microseconds when, std::function<void()> what) {
  const Id id{std::max(when, now_), ++counter_};
  events_.emplace(id, std::move(what));
  return id;
}

bool Timeline::step() {
  if (events_.empty()) return false;
  auto next = events_.extract(events_.begin());
  now_ = next.key().first;
  ++happened_;
  next.mapped()();
  return true;
}

}  // namespace fanout::sim
