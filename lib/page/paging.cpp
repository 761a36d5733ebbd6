#include "page/paging.h"

#include <fmt/format.h>

#include <algorithm>

#include "page/page_kind.h"
#include "page/trail.h"

namespace fanout {
namespace {

std::int64_t divided_up(std::int64_t a, std::int64_t b) { return a / b + (a % b == 0 ? 0 : 1); }

// What the reply says of the whole list, as far as it does not contradict itself.
struct Told {
  std::int64_t pages = 0;
  std::int64_t total = 0;  // 0: only the number of pages was told
  std::int64_t step = 1;   // items from the beginning of one page to that of the next
};

bool is_first(const Task& task) { return task.page == 1; }

// The first page shows what the vendor gives at a time. Later ones keep to it, so that all of them agree.
std::int64_t step_of(const Task& task, const Page& page, const PageSeen& seen, std::int64_t total) {
  if (const auto trail = trail_of(task.trail); trail && trail->step > 0) return trail->step;
  if (!is_first(task) || seen.items == 0) return page.size;
  return page.size == 0 ? seen.items
                        : std::min<std::int64_t>(page.size, seen.items >= total ? page.size : seen.items);
}

// A list that was read one page after the other so far, with pages of any length, is read on like that.
bool goes_page_by_page(const Task& task) {
  const auto trail = trail_of(task.trail);
  return trail && trail->step == 0;
}

// A total of -1, or one that is smaller than what is here already, says nothing.
std::optional<Told> told_by(const Task& task, const Level& level, const PageSeen& seen) {
  const Page& page = level.page;
  const bool has_items = seen.items > 0;
  const bool less_than_here = has_items && seen.pages && *seen.pages < task.page;
  if (seen.pages && *seen.pages >= 0 && !less_than_here) return Told{*seen.pages, 0, 1};
  if (!seen.total || *seen.total < 0 || goes_page_by_page(task)) return std::nullopt;
  const std::int64_t step = step_of(task, page, seen, *seen.total);
  if (step == 0) return std::nullopt;
  const std::int64_t before = std::int64_t(std::max(task.page, 1) - 1) * step;
  if (has_items && *seen.total < before + seen.items) return std::nullopt;
  // Nobody said how long a page is. The first shows whether it is everything; then on until one is empty.
  if (page.size == 0 && *seen.total > seen.items) return std::nullopt;
  return Told{divided_up(*seen.total, step), *seen.total, step};
}

bool is_power_of_two(int number) { return number > 0 && (number & (number - 1)) == 0; }

// What the pages behind this one are told of it.
Trail trail_behind(const Task& task, const PageSeen& seen, std::int64_t step) {
  const auto own = trail_of(task.trail);
  const bool marks = !own || is_power_of_two(task.page);
  return {step, seen.items, seen.made_of, marks ? seen.made_of : own->earlier};
}

// A page that fills a gap may well show what others do: a vendor that counts items it hides leaves gaps in
// which nothing is.
bool shows_nothing_new(const Task& task, const PageSeen& seen) {
  if (task.page < 1) return false;
  const auto trail = trail_of(task.trail);
  return trail && seen.made_of != 0 && (seen.made_of == trail->before || seen.made_of == trail->earlier);
}

Seed seed_of(const Task& task, int page, std::string cursor, const std::string& trail) {
  Seed seed;
  seed.level = task.level;
  seed.depth = task.depth;
  seed.parent = task.parent;
  seed.scope = task.scope;
  seed.list = task.list_id();
  seed.key = task.key;
  seed.page = page;
  seed.parents = task.parents;
  seed.cursor = std::move(cursor);
  seed.trail = trail;
  return seed;
}

FurtherPages too_many(std::int64_t pages) {
  return {{}, fmt::format("a list of {} pages; {} are the most that are read", pages, kMostPages)};
}

FurtherPages pages_of_told(const Task& task, const Level& level, const PageSeen& seen, const Told& told) {
  if (told.pages > kMostPages) return too_many(told.pages);
  const PageKind& kind = *level.page.kind;
  const std::string trail = trail_text(trail_behind(task, seen, told.step));
  FurtherPages further;
  const bool fills_a_gap = task.page < 1;
  const bool makes_many = (task.page - 1) % kPagesAtOnce == 0;
  const std::int64_t last =
      fills_a_gap ? task.page
                  : std::min<std::int64_t>(told.pages, task.page + (makes_many ? kPagesAtOnce : 1));
  for (std::int64_t page = std::int64_t(task.page) + 1; page <= last; ++page) {
    further.seeds.push_back(seed_of(task, static_cast<int>(page), kind.cursor_of(page, told.step), trail));
  }
  if (told.total == 0) return further;
  if (auto gap = kind.gap_after(task, level.page, seen.items, told.step, told.total)) {
    further.seeds.push_back(seed_of(task, gap->number, std::move(gap->cursor), trail));
  }
  return further;
}

}  // namespace

FurtherPages further_pages(const Task& task, const Level& level, const PageSeen& seen,
                           const PageLengths& lengths) {
  const Page& page = level.page;
  if (page.kind == nullptr) return {};
  if (level.items && seen.items == 0) return {};
  if (level.items && shows_nothing_new(task, seen)) {
    return {{}, fmt::format("its {} items are those of a page before it", seen.items), true};
  }
  if (const auto told = told_by(task, level, seen)) return pages_of_told(task, level, seen, *told);
  if (!level.items) {
    return {{}, "the reply does not say how many pages there are, and the level lists no items to tell by"};
  }
  if (task.page < 1) return {};  // it fills a gap that nothing tells of any more
  const bool full = page.size > 0 && seen.items >= page.size;
  if (!full && lengths.is_last(seen.items)) return {};
  if (task.page >= kMostPages) return too_many(std::int64_t(task.page) + 1);
  FurtherPages further;
  further.seeds.push_back(seed_of(task, task.page + 1, page.kind->cursor_after(task, page, seen.items),
                                  trail_text(trail_behind(task, seen, 0))));
  return further;
}

bool is_needless(const Task& task, const Level& level, const PageLengths& lengths) {
  const auto trail = trail_of(task.trail);
  if (!trail || trail->step > 0 || level.page.kind == nullptr) return false;
  const bool was_full = level.page.size > 0 && trail->items >= level.page.size;
  return !was_full && lengths.is_last(trail->items);
}

bool ends_where_nothing_is(const Task& task) {
  const auto trail = trail_of(task.trail);
  return trail && trail->step == 0;
}

std::int64_t items_before(const Task& task) {
  const auto trail = trail_of(task.trail);
  return trail && trail->step == 0 ? trail->items : 0;
}

}  // namespace fanout
