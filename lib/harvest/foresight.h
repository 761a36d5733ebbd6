// The forecast of an open run, in the words of the queue: levels by name, settlements, tallies.
//
// Owned by the run, on the loop.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forecast/forecast.h"
#include "spec/pipeline.h"
#include "store/store.h"

namespace fanout {

LevelTree tree_of(const PipelineSpec* pipeline);
// What earlier runs came to at the levels of this tree.
History history_of(const std::vector<EarlierRun>& earlier, const LevelTree& tree);

class Foresight {
 public:
  // pipeline: null if it is not in the configuration.
  Foresight(const Run& run, const PipelineSpec* pipeline, MonoTime now);
  // Another configuration.
  void configure(const Run& run, const PipelineSpec* pipeline);

  void saw(const Settlement& settlement);
  void counted(const std::vector<Tally>& tallies, MonoTime now);
  void held_up(bool held_up, MonoTime now) { forecast_.held_up(held_up, now); }

  const Forecast& forecast() const { return forecast_; }
  // How many requests a task takes: retries are requests too.
  double requests_each() const;

 private:
  Forecast forecast_;
  std::int64_t requests_ = 0;
  std::int64_t settled_ = 0;
};

}  // namespace fanout
