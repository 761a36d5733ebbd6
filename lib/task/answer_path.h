// What the store remembers of a file for one answer: whose it is.
#pragma once

#include <cstdint>
#include <string>

namespace fanout {

struct AnswerPath {
  std::int64_t run = 0;
  std::string path;  // below the output folder, folded (output/folded_path.h)
  std::int64_t task = 0;
  friend bool operator==(const AnswerPath&, const AnswerPath&) = default;
};

}  // namespace fanout
