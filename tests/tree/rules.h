// The rules of the tree, each a pure function from sources to breaches. docs/architecture.md says why they
// are.
//
// A path is relative to the repository's root. A rule looks only at the paths that it is about, so it can be
// given every source there is.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace fanout::tree {

struct Source {
  std::string path;
  std::string text;
};

struct Breach {
  std::string path;
  int line = 0;
  std::string what;

  std::string text() const { return path + ":" + std::to_string(line) + ": " + what; }
};
using Breaches = std::vector<Breach>;

Breaches includes_that_point_up_or_sideways(const Source& source);
Breaches library_headers_out_of_place(const Source& source);
Breaches clocks_read_behind_the_clock(const Source& source);
Breaches coroutines_that_take_references(const Source& source);
Breaches lambdas_that_capture_and_suspend(const Source& source);
Breaches sleeps(const Source& source);
Breaches raw_allocations(const Source& source);
Breaches names_that_say_nothing(const Source& source);
Breaches files_too_long(const Source& source);

// The one rule about all sources together. A module is x.h with x.cpp.
Breaches include_cycles(const std::vector<Source>& sources);

}  // namespace fanout::tree
