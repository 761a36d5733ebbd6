// Which further pages of a list one page's reply asks for. Pure.
//
// Where the reply says how long the list is, the first page makes the others at once, so that they can be
// asked side by side: a thousand at most, and each thousandth makes the next thousand. Every page makes the
// one after it as well, so a list that grows meanwhile is read to its new end; one that shrinks ends in empty
// pages. A second seed of the same page is ignored by the queue. Where nothing is said, a full page makes the
// next one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spec/level.h"
#include "task/task.h"

namespace fanout {

constexpr int kPagesAtOnce = 1000;
constexpr int kMostPages = 100'000;  // of one list; a vendor that gives full pages for ever ends here

// What a page's reply holds.
struct PageSeen {
  std::int64_t items = 0;  // before `where`
  std::optional<std::int64_t> total;
  std::optional<std::int64_t> pages;
};

struct FurtherPages {
  std::vector<Seed> seeds;
  std::string wrong;  // what is not as the level says, with no seeds; empty: nothing
};

FurtherPages further_pages(const Task& task, const Level& level, const PageSeen& seen);

}  // namespace fanout
