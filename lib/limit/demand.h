// What one request takes of its vendor's limits. A value.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace fanout {

struct Demand {
  static constexpr std::size_t kRetries = std::numeric_limits<std::size_t>::max();

  // Of one of the finer limits that it falls under, if that does not bind all requests.
  struct Part {
    std::size_t limit = 0;  // place in Limits::finer; kRetries: of the vendor's budget for retries
    int cost = 1;
    std::string value{};  // whose own limit it is; empty: all share one
    friend auto operator<=>(const Part&, const Part&) = default;
  };

  int cost = 1;        // in the vendor's own rates, and in what it tells
  bool retry = false;  // it was made before, and failed
  std::vector<Part> parts{};
  friend auto operator<=>(const Demand&, const Demand&) = default;
};

}  // namespace fanout
