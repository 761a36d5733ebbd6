#include "sim/sim_clock.h"

#include <optional>
#include <utility>

namespace fanout::sim {
class SimClock::SimAlarm : public Alarm {
 public:
  SimAlarm(SimClock& clock, std::function<void()> ring) : clock_(clock), ring_(std::move(ring)) {}
  ~SimAlarm() override { cancel(); }

  void set(MonoTime at) override {
    cancel();
    event_ = clock_.timeline_.at(clock_.moment_of(at), [this] {
      event_.reset();
      ring_();
    });
  }
  void cancel() override {
    if (event_) clock_.timeline_.cancel(*std::exchange(event_, std::nullopt));
  }

 private:
  SimClock& clock_;
  std::function<void()> ring_;
  std::optional<Timeline::Id> event_;
};

WallTime SimClock::wall() const { return wall_at_begin_ + std::chrono::floor<milliseconds>(timeline_.now()); }
MonoTime SimClock::mono() const { return MonoTime(timeline_.now() - booted_); }
std::string SimClock::boot() const { return "boot-" + std::to_string(boots_); }
microseconds SimClock::moment_of(MonoTime at) const { return at.time_since_epoch() + booted_; }

std::unique_ptr<Alarm> SimClock::alarm(std::function<void()> ring) {
  return std::make_unique<SimAlarm>(*this, std::move(ring));
}

void SimClock::reboot() {
  booted_ = timeline_.now();
  ++boots_;
}

}  // namespace fanout::sim
