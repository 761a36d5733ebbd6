// What the records of one batch come to on the disk, worked out before a byte of it is written.
//
// So a task whose second output cannot be kept leaves nothing of its first behind. Values; used on the store
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "expression/expression.h"
#include "output/record.h"
#include "task/part.h"

namespace fanout {

struct Shaped {
  // An answer with a file of its own.
  struct Answer {
    std::size_t record;
    std::string path;    // below the output folder
    std::string folded;  // what it belongs to its task under
    std::string text;
  };
  struct Lines {
    std::size_t record;
    std::size_t begin;  // in the group's text
    std::size_t end;
  };
  // The records that go into one part.
  struct Group {
    std::pair<std::int64_t, std::string> key;  // run and base
    const OutputSpec* output = nullptr;
    std::vector<Lines> lines;  // of records that came to any
    std::string text;
  };

  std::vector<Answer> answers;
  std::vector<Group> groups;
  std::vector<std::size_t> without_rows;  // records that came to no line
  std::size_t count = 0;                  // so many records, from the first on, were shaped

  // Takes out all that these tasks have.
  void drop(const std::set<std::int64_t>& tasks, const std::vector<Record>& records);
};

// Asked before the records of each task but the first: true leaves them for another time.
using Enough = std::function<bool()>;

// problems: one for each record; says why it has no place here.
Shaped shape(const std::vector<Record>& records, Expressions& expressions, std::vector<std::string>& problems,
             const Enough& enough);

}  // namespace fanout
