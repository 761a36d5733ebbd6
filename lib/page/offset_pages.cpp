// Pages by offset: each begins behind what came before it, not behind what was asked for. A vendor that gives
// fewer than it was asked for would have us step over the rest.
#include <algorithm>
#include <charconv>

#include "page/page_kind.h"

namespace fanout {
namespace {

// Where a page begins. Without a cursor, a page of a version that stepped on by what was asked for.
std::int64_t begin_of(const Task& task, const Page& page) {
  std::int64_t offset = std::int64_t(std::max(task.page, 1) - 1) * page.size;
  std::from_chars(task.cursor.data(), task.cursor.data() + task.cursor.size(), offset);
  return offset;
}

class OffsetPages : public PageKind {
 public:
  std::string_view name() const override { return "offset"; }

  std::vector<PageSetting> settings() const override {
    return {{"param", &Page::param, "e.g. param = \"offset\"", ""},
            {"size_param", &Page::size_param, "", ""},
            {"size", &Page::size, "say how many items a page has, e.g. size = 1000", ""},
            {"total", &Page::total, "", ""}};
  }

  std::string described(const Page& page) const override { return "by offset in " + page.param; }

  std::string value_of(const Task& task, const Page& page) const override {
    return std::to_string(begin_of(task, page));
  }

  std::string cursor_after(const Task& task, const Page& page, std::int64_t items) const override {
    return std::to_string(begin_of(task, page) + items);
  }

  std::string cursor_of(std::int64_t number, std::int64_t step) const override {
    return std::to_string((number - 1) * step);
  }

  // A page that fills a gap is followed by others until the next one is reached that was made long ago.
  std::optional<GapPage> gap_after(const Task& task, const Page& page, std::int64_t items, std::int64_t step,
                                   std::int64_t total) const override {
    const std::int64_t begin = begin_of(task, page);
    const std::int64_t next = (begin / step + 1) * step;
    const std::int64_t end = begin + items;
    if (end >= std::min(next, total) || end > INT32_MAX) return std::nullopt;
    return GapPage{static_cast<int>(-end), std::to_string(end)};
  }
};

}  // namespace

const PageKind& offset_pages() {
  static const OffsetPages kind;
  return kind;
}

}  // namespace fanout
