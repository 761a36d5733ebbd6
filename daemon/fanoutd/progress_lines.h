// How far --once is, in words: lines for a terminal, or one plain line. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "forecast/speed.h"
#include "harvest/active_run.h"

namespace fanout {

// How fast each level moves: the engine knows it of whole runs only.
class LevelRates {
 public:
  void see(const std::vector<RunProgress>& runs, MonoTime now);
  double of(std::int64_t run, const std::string& level, MonoTime now) const;  // settled a second

 private:
  struct Seen {
    Speed speed;
    std::int64_t settled = 0;
  };
  std::map<std::pair<std::int64_t, std::string>, Seen> levels_;
};

// A line for each run, below it one for each of its levels.
std::vector<std::string> live_progress(
    const std::vector<RunProgress>& runs,
    const std::function<double(std::int64_t, const std::string&)>& rate_of);

std::string plain_progress(const RunProgress& run);

}  // namespace fanout
