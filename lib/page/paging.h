// Which further pages of a list one page's reply asks for, and when a list ends. Pure.
//
// The end is never a guess: a total or a number of pages, an empty page, or a page shorter than what its
// level is known to bring (page_lengths.h). A page that brings nothing new is no end but a fault.
//
// Where the reply says how long the list is, the first page makes the others at once, so that they can be
// asked side by side: a thousand at most, and each thousandth makes the next thousand. Every page makes the
// one after it as well, so a list that grows meanwhile is read to its new end; one that shrinks ends in empty
// pages. A second seed of the same page is ignored by the queue. Where nothing is said, each page makes the
// next one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "page/page_lengths.h"
#include "spec/level.h"
#include "task/task.h"

namespace fanout {

constexpr int kPagesAtOnce = 1000;
constexpr int kMostPages = 100'000;  // of one list

// What a page's reply holds.
struct PageSeen {
  std::int64_t items = 0;  // before `where`
  std::optional<std::int64_t> total;
  std::optional<std::int64_t> pages;
  std::uint64_t made_of = 0;  // the same for pages of the same items in whatever order; 0: nobody knows
};

struct FurtherPages {
  std::vector<Seed> seeds;
  std::string wrong;      // what is not as the level says, with no seeds; empty: nothing
  bool repeated = false;  // … and this is it: the page brings nothing new
};

FurtherPages further_pages(const Task& task, const Level& level, const PageSeen& seen,
                           const PageLengths& lengths = {});

// A page that was made because nobody knew whether the one before it was the last, as is known by now. It
// need not be asked for.
bool is_needless(const Task& task, const Level& level, const PageLengths& lengths);

// A page that the vendor does not have (404) behind one that may have been the last: the end of its list.
bool ends_where_nothing_is(const Task& task);

// How many items the page before this one had; 0: this is a first page, or nobody knows.
std::int64_t items_before(const Task& task);

}  // namespace fanout
