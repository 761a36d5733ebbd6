// What the store remembers of a part: one output file of many records.
#pragma once

#include <cstdint>
#include <string>

namespace fanout {

struct Part {
  std::int64_t run = 0;
  std::string path;  // final, below the output folder; while open its file name bears a dot in front
  std::string base;  // the path that `to` named, without run and part
  int number = 1;
  std::int64_t committed = 0;  // bytes that belong to settled tasks
  std::int64_t records = 0;
  bool sealed = false;
  std::string note;  // what is wrong with it: moved, cut; empty: nothing
  friend bool operator==(const Part&, const Part&) = default;
};

}  // namespace fanout
