// What happened in a simulation, line by line, and what was found wrong.
//
// Owned by a simulation, on its one thread. The hash says whether two runs of a seed were the same.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/timeline.h"

namespace fanout::sim {

class Journal {
 public:
  // show: gets each line as it comes; empty: nobody does.
  Journal(const Timeline& timeline, std::function<void(std::string_view)> show)
      : timeline_(timeline), show_(std::move(show)) {}

  void line(std::string_view text);
  // The first one ends the simulation.
  void found(const std::string& what);

  const std::optional<std::string>& finding() const { return finding_; }
  std::uint64_t hash() const { return hash_; }
  std::uint64_t lines() const { return lines_; }

 private:
  const Timeline& timeline_;
  std::function<void(std::string_view)> show_;
  std::optional<std::string> finding_;
  std::uint64_t hash_ = 0xcbf29ce484222325U;
  std::uint64_t lines_ = 0;
};

}  // namespace fanout::sim
