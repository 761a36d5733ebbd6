// A clock that moves on only when somebody looks at it.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"

namespace fanout {

class SlowClock : public Clock {
 public:
  explicit SlowClock(WallTime wall) : wall_(wall) {}
  WallTime wall() const override { return wall_; }
  MonoTime mono() const override { return now_ += each_; }
  std::string boot() const override { return "a"; }
  std::unique_ptr<Alarm> alarm(std::function<void()>) override { return nullptr; }
  // What is done between two looks takes so long from now on.
  void take(milliseconds each) { each_ = each; }

 private:
  WallTime wall_;
  milliseconds each_{0};
  mutable MonoTime now_{};
};

}  // namespace fanout
