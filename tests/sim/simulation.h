// One simulated world, from its seed to its verdict: first everything goes wrong that can, then nothing does,
// and in the end it must add up.
//
// One thread; every choice follows from the seed, so that a run of it is the same to the byte each time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/machine.h"
#include "sim/operator.h"
#include "sim/turns.h"

namespace fanout::sim {

struct Verdict {
  std::optional<std::string> finding;  // what was wrong; nothing: nothing was
  std::uint64_t hash = 0;              // of the journal
  std::uint64_t lines = 0;
  std::uint64_t requests = 0;
  int deaths = 0;
  std::int64_t tasks = 0;
  std::int64_t records = 0;
  std::int64_t pruned = 0;  // tasks
};

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed, std::function<void(std::string_view)> show = {});
  Verdict run();

 private:
  void live();     // until all is settled and the process has ended
  void trouble();  // plans all that goes wrong
  void second_life();
  void one_trouble();
  void calm();   // ends all that is wrong
  void go_on();  // one step of time
  void died(bool power);
  void start_later(microseconds delay);
  void reload();
  void vendor_trouble();
  Weather draw_weather();
  bool is_settled();

  Chance chance_;
  Plan plan_;
  Timeline timeline_;
  Journal journal_;
  Machine machine_;
  Operator operator_;
  Turns turns_;
  bool calm_ = false;
  bool resumed_ = false;
  bool ending_ = false;
  bool start_is_planned_ = false;
  int refused_ = 0;
  microseconds trouble_ends_{0};
};

// One seed, from beginning to end.
fanout::sim::Verdict simulate(std::uint64_t seed, std::function<void(std::string_view)> show = {});

}  // namespace fanout::sim
