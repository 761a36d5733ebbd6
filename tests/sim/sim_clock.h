// The clocks of the simulated machine: the wall clock can be set, the monotonic one begins anew at a boot.
//
// Owned by a simulation, on its one thread. Alarms ring from Timeline::step(), outside of any handler.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "sim/timeline.h"

namespace fanout::sim {

class SimClock : public Clock {
 public:
  SimClock(Timeline& timeline, WallTime begin) : timeline_(timeline), wall_at_begin_(begin) {}

  WallTime wall() const override;
  MonoTime mono() const override;
  std::string boot() const override;
  std::unique_ptr<Alarm> alarm(std::function<void()> ring) override;

  void set_wall_by(milliseconds jump) { wall_at_begin_ += jump; }
  void reboot();

 private:
  class SimAlarm;
  microseconds moment_of(MonoTime at) const;

  Timeline& timeline_;
  WallTime wall_at_begin_;
  microseconds booted_{-seconds(100)};
  int boots_ = 1;
};

}  // namespace fanout::sim
