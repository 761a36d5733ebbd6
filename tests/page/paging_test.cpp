#include "page/paging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Level paged(Page::Kind kind, int size, bool lists_items = true) {
  Level level;
  level.name = "troop";
  level.page.kind = kind;
  level.page.size = size;
  if (lists_items) level.items = JsonPath::parse("$.items");
  return level;
}

struct Row {
  const char* what;
  Page::Kind kind;
  int size;
  int page;  // that was read
  PageSeen seen;
  std::vector<int> further;
};

class Pages : public testing::TestWithParam<Row> {};

TEST_P(Pages, Follow) {
  const auto& [what, kind, size, page, seen, expected] = GetParam();
  Task task;
  task.id = 42;
  task.page = page;
  const FurtherPages further = further_pages(task, paged(kind, size), seen);
  EXPECT_EQ(further.wrong, "") << what;
  std::vector<int> pages;
  for (const Seed& seed : further.seeds) pages.push_back(seed.page);
  EXPECT_EQ(pages, expected) << what;
}

constexpr auto kNo = std::nullopt;
constexpr auto kOffset = Page::Kind::offset;
constexpr auto kNumber = Page::Kind::number;

INSTANTIATE_TEST_SUITE_P(
    Rule, Pages,
    testing::Values(Row{"no pages", Page::Kind::none, 0, 1, {10, kNo, kNo}, {}},
                    // Nothing is said: full pages go on.
                    Row{"a full one", kOffset, 10, 1, {10, kNo, kNo}, {2}},
                    Row{"a later one", kOffset, 10, 7, {10, kNo, kNo}, {8}},
                    Row{"a short one", kOffset, 10, 1, {9, kNo, kNo}, {}},
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
                    Row{"a few not shown", kOffset, 10, 1, {8, 20, kNo}, {2}},
                    Row{"shorter than asked", kNumber, 10, 1, {4, 20, kNo}, {2, 3, 4, 5}},
                    Row{"a total without a size", kNumber, 0, 1, {4, 20, kNo}, {2}},
                    Row{"… and all is here", kNumber, 0, 1, {4, 4, kNo}, {}},
                    // The pages are said.
                    Row{"three of them", kNumber, 0, 1, {5, kNo, 3}, {2, 3}},
                    Row{"the third", kNumber, 0, 3, {5, kNo, 3}, {}},
                    Row{"fewer than there are", kNumber, 0, 3, {5, kNo, 1}, {4}},
                    Row{"0, and nothing here", kNumber, 0, 1, {0, kNo, 0}, {}}));

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
              ElementsAre(Seed{"warrior", 1, 7, 6, 42, "k", 3, R"({"troop":{"id":1}})", "", ""}));
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

TEST(FurtherPages, AreNotSteppedOverWhereAVendorsPagesAreShorterThanSize) {
  const auto further = further_pages(Task{}, paged(kOffset, 1000), {50, 400, kNo});
  EXPECT_EQ(
      further.wrong,
      "the first page has 50 of 400 items, though size is 1000; set size to what the vendor gives at most");
}

TEST(FurtherPages, NeedANumberWhereTheLevelListsNothing) {
  EXPECT_THAT(further_pages(Task{}, paged(kNumber, 10, false), {0, kNo, kNo}).wrong,
              HasSubstr("how many pages"));
  EXPECT_EQ(further_pages(Task{}, paged(kNumber, 10, false), {0, 25, kNo}).seeds.size(), 2U);
}

}  // namespace
}  // namespace fanout
