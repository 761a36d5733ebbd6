// Seam: what time it is, and being woken at a time.
//
// Owned by main (SystemClock) or by a simulation (SimClock). wall() and mono() may be called from any
// thread; alarms belong to the loop and ring there.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/time.h"

namespace fanout {

// Rings once at the time it was last set to. Destroying it silences it.
class Alarm {
 public:
  virtual ~Alarm() = default;
  virtual void set(MonoTime at) = 0;
  virtual void cancel() = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual MonoTime mono() const = 0;
  // Names the period in which mono() counts from the same zero: the boot of this machine.
  virtual std::string boot() const = 0;
  virtual std::unique_ptr<Alarm> alarm(std::function<void()> ring) = 0;
};

}  // namespace fanout
