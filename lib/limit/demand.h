// What one request takes of its vendor's limits. A value.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace fanout {

struct Demand {
  // Of one of the finer limits that it falls under, if that does not bind all requests.
  struct Part {
    std::size_t limit = 0;  // place in Limits::finer
    int cost = 1;
    std::string value{};  // whose own limit it is; empty: all share one
    friend auto operator<=>(const Part&, const Part&) = default;
  };

  int cost = 1;  // in the vendor's own rates, and in what it tells
  std::vector<Part> parts{};
  friend auto operator<=>(const Demand&, const Demand&) = default;
};

}  // namespace fanout
