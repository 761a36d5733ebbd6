#include "page/paging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <numeric>
#include <set>

#include "page/page_kind.h"
#include "page/trail.h"
#include "support/row_name.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Level paged(const PageKind* kind, int size, bool lists_items = true) {
  Level level;
  level.name = "troop";
  level.page.kind = kind;
  level.page.size = size;
  if (lists_items) level.items = JsonPath::parse("$.items");
  return level;
}

struct Row {
  const char* what;
  const PageKind* kind;
  int size;
  int page;  // that was read
  PageSeen seen;
  std::vector<int> further;
  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.what; }
};

class Pages : public testing::TestWithParam<Row> {};

TEST_P(Pages, Follow) {
  const auto& [what, kind, size, page, seen, expected] = GetParam();
  Task task;
  task.id = 42;
  task.page = page;
  if (page < 0) {
    task.cursor = std::to_string(-page);
    task.trail = "10 7 0 0";
  }
  const FurtherPages further = further_pages(task, paged(kind, size), seen);
  EXPECT_EQ(further.wrong, "") << what;
  std::vector<int> pages;
  for (const Seed& seed : further.seeds) pages.push_back(seed.page);
  EXPECT_EQ(pages, expected) << what;
}

constexpr auto kNo = std::nullopt;
const PageKind* const kOffset = &offset_pages();
const PageKind* const kNumber = &number_pages();

INSTANTIATE_TEST_SUITE_P(
    Rule, Pages,
    testing::Values(
        Row{"no pages", nullptr, 0, 1, {10, kNo, kNo}, {}},
        // Nothing is said: full pages go on.
        Row{"a full one", kOffset, 10, 1, {10, kNo, kNo}, {2}},
        Row{"a later one", kOffset, 10, 7, {10, kNo, kNo}, {8}},
        Row{"a short one of a level of which nothing is known", kOffset, 10, 1, {9, kNo, kNo}, {2}},
        Row{"an empty one", kOffset, 10, 3, {0, kNo, kNo}, {}},
        Row{"fuller than asked", kNumber, 10, 1, {11, kNo, kNo}, {2}},
        Row{"of no known size", kNumber, 0, 1, {3, kNo, kNo}, {2}},
        Row{"of none, empty", kNumber, 0, 2, {0, kNo, kNo}, {}},
        // The total is said.
        Row{"one page", kOffset, 10, 1, {10, 10, kNo}, {}},
        Row{"one more", kOffset, 10, 1, {10, 11, kNo}, {2}},
        Row{"all at once", kOffset, 10, 1, {10, 45, kNo}, {2, 3, 4, 5}},
        Row{"the next one again", kOffset, 10, 3, {10, 45, kNo}, {4}},
        Row{"the last", kOffset, 10, 5, {5, 45, kNo}, {}},
        Row{"grown meanwhile", kOffset, 10, 5, {10, 51, kNo}, {6}},
        Row{"shrunk meanwhile", kOffset, 10, 5, {0, 12, kNo}, {}},
        Row{"a total of an empty list", kOffset, 10, 1, {0, 1'000'000'000'000'000, kNo}, {}},
        Row{"a total of -1", kOffset, 10, 1, {10, -1, kNo}, {2}},
        Row{"a total below what is here", kOffset, 10, 1, {10, 3, kNo}, {2}},
        Row{"a few not shown", kOffset, 10, 1, {8, 20, kNo}, {2, 3}},
        Row{"a gap at the end of one", kOffset, 10, 2, {7, 45, kNo}, {3, -17}},
        Row{"a page that fills a gap, in part", kOffset, 10, -17, {2, 45, kNo}, {-19}},
        Row{"… and all of it", kOffset, 10, -17, {10, 45, kNo}, {}},
        Row{"shorter than asked", kNumber, 10, 1, {4, 20, kNo}, {2, 3, 4, 5}},
        Row{"a total without a size", kNumber, 0, 1, {4, 20, kNo}, {2}},
        Row{"… and all is here", kNumber, 0, 1, {4, 4, kNo}, {}},
        // The pages are said.
        Row{"three of them", kNumber, 0, 1, {5, kNo, 3}, {2, 3}},
        Row{"the third", kNumber, 0, 3, {5, kNo, 3}, {}},
        Row{"fewer than there are", kNumber, 0, 3, {5, kNo, 1}, {4}},
        Row{"0, and nothing here", kNumber, 0, 1, {0, kNo, 0}, {}}),
    [](const auto& row) { return row_name(row.param.what, row.index); });

TEST(FurtherPages, BelongToTheSameList) {
  Task task;
  task.id = 43;
  task.list = 42;
  task.level = "warrior";
  task.depth = 1;
  task.parent = 7;
  task.scope = 6;
  task.key = "k";
  task.page = 2;
  task.parents = R"({"troop":{"id":1}})";
  EXPECT_THAT(further_pages(task, paged(kOffset, 10), {10, kNo, kNo}).seeds,
              ElementsAre(Seed{"warrior", 1, 7, 6, 42, "k", 3, R"({"troop":{"id":1}})", "20", "0 10 0 0"}));
}

// Each page that is made is read in its turn, as the queue would have it.
TEST(FurtherPages, OfALongListAreMadeAThousandAtATimeAndAllOfThem) {
  std::vector<bool> made(5402);
  std::vector<int> open = {1};
  made[1] = true;
  while (!open.empty()) {
    Task task;
    task.page = open.back();
    open.pop_back();
    const auto further = further_pages(task, paged(kOffset, 10), {10, 54'010, kNo});
    ASSERT_LE(further.seeds.size(), std::size_t(kPagesAtOnce));
    for (const Seed& seed : further.seeds) {
      if (made.at(static_cast<std::size_t>(seed.page))) continue;
      made[static_cast<std::size_t>(seed.page)] = true;
      open.push_back(seed.page);
    }
  }
  EXPECT_EQ(std::count(made.begin(), made.end(), true), 5401);
}

TEST(FurtherPages, EndSomewhereWhateverAVendorSays) {
  Task task;
  EXPECT_THAT(further_pages(task, paged(kOffset, 1), {1, kMostPages + 1, kNo}).wrong,
              HasSubstr("100001 pages"));
  EXPECT_THAT(further_pages(task, paged(kNumber, 0), {1, kNo, INT64_MAX}).wrong,
              HasSubstr("the most that are read"));
  EXPECT_THAT(further_pages(task, paged(kOffset, 1), {1, INT64_MAX, kNo}).wrong,
              HasSubstr("the most that are read"));
  task.page = kMostPages - 1;
  EXPECT_EQ(further_pages(task, paged(kOffset, 1), {1, kNo, kNo}).seeds.size(), 1U);
  task.page = kMostPages;
  EXPECT_THAT(further_pages(task, paged(kOffset, 1), {1, kNo, kNo}).wrong, HasSubstr("100001 pages"));
}

TEST(FurtherPages, NeedANumberWhereTheLevelListsNothing) {
  EXPECT_THAT(further_pages(Task{}, paged(kNumber, 10, false), {0, kNo, kNo}).wrong,
              HasSubstr("how many pages"));
  EXPECT_EQ(further_pages(Task{}, paged(kNumber, 10, false), {0, 25, kNo}).seeds.size(), 2U);
}

// ---- whole lists, read of a vendor as the queue would have it

struct Vendor {
  const char* what;
  const PageKind* kind;
  int size;                     // that is asked for
  std::int64_t gives = 0;       // at most, whatever is asked for; 0: no limit of its own
  bool tells = false;           // how long a list is
  std::int64_t hides = 0;       // each so manieth item is counted and not shown
  std::int64_t fewer = 0;       // so many fewer on each page behind the first
  bool full_by_chance = false;  // lists as long as the vendor's limit come first
  friend std::ostream& operator<<(std::ostream& out, const Vendor& row) { return out << row.what; }
};

// Reads lists of these lengths one after the other, and gives what came of each of them.
struct Harvest {
  explicit Harvest(const Vendor& the_vendor)
      : vendor(the_vendor), level(paged(the_vendor.kind, the_vendor.size)) {
    level.page.param = "p";
  }

  std::set<std::int64_t> read(std::int64_t length) {
    std::set<std::int64_t> items;
    std::set<int> made = {1};
    std::deque<Task> open = {Task{}};
    while (!open.empty()) {
      const Task task = open.front();
      open.pop_front();
      if (is_needless(task, level, lengths)) continue;
      ++requests;
      const auto shown = page_of(task, length);
      items.insert(shown.begin(), shown.end());
      PageSeen seen{static_cast<std::int64_t>(shown.size()), kNo, kNo,
                    std::accumulate(shown.begin(), shown.end(), std::uint64_t(1),
                                    [](std::uint64_t sum, std::int64_t item) {
                                      return sum + static_cast<std::uint64_t>((item + 1) * (item + 1)) *
                                                       0x9e3779b97f4a7c15U;
                                    })};
      if (vendor.tells) seen.total = length;
      const auto further = further_pages(task, level, seen, lengths);
      lengths.saw(seen.items, items_before(task));
      EXPECT_EQ(further.wrong, "") << vendor.what;
      for (const Seed& seed : further.seeds) {
        if (!made.insert(seed.page).second) continue;
        Task next;
        next.page = seed.page;
        next.cursor = seed.cursor;
        next.trail = seed.trail;
        open.push_back(next);
      }
    }
    return items;
  }

  std::vector<std::int64_t> page_of(const Task& task, std::int64_t length) const {
    const bool by_offset = level.page.kind == kOffset;
    const auto asked = std::stoll(level.page.kind->value_of(task, level.page));
    std::int64_t most = vendor.gives > 0 ? std::min<std::int64_t>(vendor.gives, vendor.size) : vendor.size;
    const std::int64_t begin = by_offset ? asked : (asked - 1) * most;
    if (begin > 0) most -= vendor.fewer;
    std::vector<std::int64_t> shown;
    for (std::int64_t item = begin; item < std::min(begin + most, length); ++item) {
      if (vendor.hides == 0 || item % vendor.hides != 1) shown.push_back(item);
    }
    return shown;
  }

  std::int64_t shown_of(std::int64_t length) const {
    std::int64_t count = 0;
    for (std::int64_t item = 0; item < length; ++item)
      count += vendor.hides == 0 || item % vendor.hides != 1 ? 1 : 0;
    return count;
  }

  Vendor vendor;
  Level level;
  PageLengths lengths;
  std::int64_t requests = 0;
};

class WholeLists : public testing::TestWithParam<Vendor> {};

TEST_P(WholeLists, AreReadWithoutAnItemLost) {
  Harvest harvest(GetParam());
  std::vector<std::int64_t> list_lengths = {0, 1, 99, 100, 101, 250, 300, 1000, 1001, 2500, 3, 100, 100};
  if (GetParam().full_by_chance) list_lengths.insert(list_lengths.begin(), {100, 200, 100});
  for (const auto length : list_lengths) {
    EXPECT_EQ(std::int64_t(harvest.read(length).size()), harvest.shown_of(length))
        << "of a list of " << length;
  }
}

INSTANTIATE_TEST_SUITE_P(
    OfAVendorThat, WholeLists,
    testing::Values(Vendor{"gives what was asked for", kOffset, 100}, Vendor{"… by number", kNumber, 100},
                    Vendor{"gives fewer than was asked for", kOffset, 1000, 100},
                    Vendor{"… by number", kNumber, 1000, 100},
                    Vendor{"… and has full lists first", kOffset, 1000, 100, false, 0, 0, true},
                    Vendor{"gives fewer and tells how many", kOffset, 1000, 100, true},
                    Vendor{"… by number", kNumber, 1000, 100, true},
                    Vendor{"tells how many", kOffset, 100, 0, true},
                    Vendor{"gives fewer on later pages and tells how many", kOffset, 100, 0, true, 0, 30},
                    Vendor{"hides some and tells how many", kOffset, 100, 0, true, 7},
                    Vendor{"hides some, gives fewer and tells how many", kOffset, 1000, 100, true, 7}),
    [](const auto& row) {
      std::string name = std::to_string(row.index) + "_" + row.param.what;
      std::erase_if(name, [](unsigned char c) { return c >= 0x80; });
      std::ranges::replace_if(
          name, [](unsigned char c) { return !std::isalnum(c); }, '_');
      return name;
    });

TEST(WholeLists, CostOneRequestMoreALevelAndNotAList) {
  for (const std::int64_t length : {1, 3, 7, 99}) {
    Harvest harvest({"short lists", kOffset, 1000});
    for (int list = 0; list < 500; ++list) harvest.read(length);
    EXPECT_EQ(harvest.requests, 501) << length;
  }
  Harvest many({"lists of many lengths", kOffset, 1000});
  for (std::int64_t list = 0; list < 500; ++list) many.read(list * 7919 % 97);
  EXPECT_LE(many.requests, 500 + 12);
  Harvest round({"lists as long as a limit might be", kOffset, 1000});
  for (int list = 0; list < 500; ++list) round.read(100);
  EXPECT_EQ(round.requests, 500 + PageLengths::kTriesOfARoundLength);
  Harvest limited({"a vendor that gives fewer", kOffset, 1000, 100});
  for (int list = 0; list < 500; ++list) limited.read(250);
  EXPECT_EQ(limited.requests, 500 * 3);
}

TEST(WholeLists, ThatWereLeftOpenEndUnaskedWhenTheLevelIsKnown) {
  const Level level = paged(kOffset, 1000);
  Task next;
  next.page = 2;
  next.trail = trail_text({0, 3, 1, 1});
  PageLengths lengths;
  EXPECT_FALSE(is_needless(next, level, lengths));
  lengths.saw(3, 0);
  EXPECT_FALSE(is_needless(next, level, lengths)) << "nothing longer yet";
  lengths.saw(0, 3);
  EXPECT_TRUE(is_needless(next, level, lengths));
  next.trail = trail_text({0, 4, 1, 1});
  EXPECT_FALSE(is_needless(next, level, lengths)) << "longer than what is known";
  lengths.saw(5, 0);
  EXPECT_TRUE(is_needless(next, level, lengths));
  next.trail = trail_text({3, 3, 1, 1});
  EXPECT_FALSE(is_needless(next, level, lengths)) << "a total tells that it is there";
  next.trail = trail_text({0, 1000, 1, 1});
  EXPECT_FALSE(is_needless(next, level, lengths)) << "the page before was full";
}

// ---- lists without an end

TEST(APage, ThatBringsNothingNewEndsItsList) {
  struct Circle {
    const char* what;
    int before;  // pages until it goes round, …
    int round;   // … of so many pages
    bool tells;
  };
  for (const auto& [what, before, round, tells] :
       {Circle{"a page parameter that is ignored", 0, 1, false}, Circle{"… with a total", 0, 1, true},
        Circle{"the last page again and again", 4, 1, false}, Circle{"two pages in turn", 0, 2, false},
        Circle{"a circle", 9, 7, false}}) {
    const Level level = paged(kNumber, 10);
    PageLengths lengths;
    std::string wrong;
    Task task;
    int asked = 0;
    while (wrong.empty() && ++asked < 100) {
      const int shown = task.page <= before ? task.page : before + (task.page - before - 1) % round + 1;
      const auto further = further_pages(
          task, level, {10, tells ? std::optional<std::int64_t>(5000) : kNo, kNo, std::uint64_t(shown) * 77},
          lengths);
      lengths.saw(10, items_before(task));
      wrong = further.wrong;
      EXPECT_EQ(further.repeated, !wrong.empty());
      if (!wrong.empty()) break;
      ASSERT_FALSE(further.seeds.empty()) << what;
      task.page = further.seeds.front().page;
      task.trail = further.seeds.front().trail;
    }
    EXPECT_EQ(wrong, "its 10 items are those of a page before it") << what;
    EXPECT_LE(asked, 3 * (before + round) + 1) << what;
  }
}

TEST(APage, ThatIsNotThereEndsAListOfWhichNothingTellsTheLength) {
  Task task;
  EXPECT_FALSE(ends_where_nothing_is(task)) << "a first page";
  task.page = 3;
  EXPECT_FALSE(ends_where_nothing_is(task)) << "of a version that kept no trail";
  task.trail = trail_text({0, 10, 5, 5});
  EXPECT_TRUE(ends_where_nothing_is(task));
  task.trail = trail_text({10, 10, 5, 5});
  EXPECT_FALSE(ends_where_nothing_is(task)) << "a total tells that it is there";
}

TEST(Trail, ReadsBackAsItWasWritten) {
  for (const Trail& trail : {Trail{}, Trail{1000, 999, 0xfedcba9876543210U, 1}, Trail{0, 1, 2, 3}}) {
    EXPECT_EQ(trail_of(trail_text(trail)), trail);
  }
  for (const char* none : {"", "x", "1 2 3", "-1 2 3 4", "1 2 g 4"})
    EXPECT_EQ(trail_of(none), std::nullopt) << none;
}

}  // namespace
}  // namespace fanout
