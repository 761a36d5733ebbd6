// What is to happen in a simulation, in order of virtual time; time moves only from one event to the next.
//
// Owned by a simulation, on its one thread. Events of the same moment happen in the order in which they came.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace fanout::sim {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Timeline {
 public:
  using Id = std::pair<microseconds, std::uint64_t>;

  // Since the beginning of the world; it never jumps, whatever the machine's clocks say.
  microseconds now() const { return now_; }
  Id at(microseconds when, std::function<void()> what);
  Id after(microseconds delay, std::function<void()> what) { return at(now_ + delay, std::move(what)); }
  void cancel(Id id) { events_.erase(id); }
  // Moves to the next event and lets it happen. False if there is none.
  bool step();
  std::uint64_t events_so_far() const { return happened_; }

 private:
  microseconds now_{0};
  std::uint64_t counter_ = 0;
  std::uint64_t happened_ = 0;
  std::map<Id, std::function<void()>> events_;
};

}  // namespace fanout::sim
