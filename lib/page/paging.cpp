#include "page/paging.h"

#include <fmt/format.h>

#include <algorithm>

namespace fanout {
namespace {

std::int64_t divided_up(std::int64_t a, std::int64_t b) { return a / b + (a % b == 0 ? 0 : 1); }

// How many pages the list has, as far as the reply says so and does not contradict itself: a total of -1, or
// one that is smaller than what is here already, says nothing.
std::optional<std::int64_t> pages_in_all(const Task& task, const Level& level, const PageSeen& seen) {
  const Page& page = level.page;
  const bool has_items = seen.items > 0;
  if (seen.pages && *seen.pages >= 0 && !(has_items && *seen.pages < task.page)) return *seen.pages;
  if (!seen.total || *seen.total < 0) return std::nullopt;
  const std::int64_t before = std::int64_t(task.page - 1) * page.size;
  if (has_items && *seen.total < before + seen.items) return std::nullopt;
  if (page.size == 0) {
    // Nobody said how long a page is. The first shows whether it is everything; then on until one is empty.
    if (task.page == 1 && has_items && seen.items >= *seen.total) return 1;
    return std::nullopt;
  }
  // By page number a vendor whose pages are shorter than was asked has more of them.
  const bool shorter =
      task.page == 1 && has_items && seen.items < std::min<std::int64_t>(page.size, *seen.total);
  if (shorter && page.kind == Page::Kind::number) return divided_up(*seen.total, seen.items);
  return divided_up(*seen.total, page.size);
}

// By offset such a vendor would have us step over what lies between. Fewer than half is no longer a list that
// changes while it is read.
std::string gap_in(const Task& task, const Level& level, const PageSeen& seen) {
  const Page& page = level.page;
  if (page.kind != Page::Kind::offset || task.page != 1 || seen.items == 0 || !seen.total) return {};
  const auto expected = std::min<std::int64_t>(page.size, *seen.total);
  if (seen.items >= expected - expected / 2) return {};
  return fmt::format(
      "the first page has {} of {} items, though size is {}; set size to what the vendor gives at most",
      seen.items, *seen.total, page.size);
}

FurtherPages seeds_of(const Task& task, std::int64_t last) {
  FurtherPages further;
  for (std::int64_t page = task.page + 1; page <= last; ++page) {
    Seed& seed = further.seeds.emplace_back();
    seed.level = task.level;
    seed.depth = task.depth;
    seed.parent = task.parent;
    seed.scope = task.scope;
    seed.list = task.list_id();
    seed.key = task.key;
    seed.page = static_cast<int>(page);
    seed.parents = task.parents;
  }
  return further;
}

}  // namespace

FurtherPages further_pages(const Task& task, const Level& level, const PageSeen& seen) {
  const Page& page = level.page;
  if (page.kind == Page::Kind::none) return {};
  if (level.items && seen.items == 0) return {};
  if (std::string gap = gap_in(task, level, seen); !gap.empty()) return {{}, std::move(gap)};

  const auto all = pages_in_all(task, level, seen);
  if (!all && !level.items) {
    return {{}, "the reply does not say how many pages there are, and the level lists no items to tell by"};
  }
  const bool full = page.size > 0 ? seen.items >= page.size : seen.items > 0;
  const std::int64_t end = all ? *all : task.page + (full ? 1 : 0);
  if (end > kMostPages) {
    return {{}, fmt::format("a list of {} pages; {} are the most that are read", end, kMostPages)};
  }
  const bool makes_many = all && (task.page - 1) % kPagesAtOnce == 0;
  return seeds_of(task, std::min<std::int64_t>(end, task.page + (makes_many ? kPagesAtOnce : 1)));
}

}  // namespace fanout
