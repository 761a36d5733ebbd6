// Pages by their number.
#include <fmt/format.h>

#include "page/page_kind.h"

namespace fanout {
namespace {

class NumberPages : public PageKind {
 public:
  std::string_view name() const override { return "page"; }

  std::vector<PageSetting> settings() const override {
    return {{"param", &Page::param, "e.g. param = \"page\"", ""},
            {"size_param", &Page::size_param, "", ""},
            {"size", &Page::size, "say how many items a page has, e.g. size = 1000", "size_param"},
            {"first", &Page::first, "", "", 0},
            {"pages", &Page::pages, "", ""},
            {"total", &Page::total, "", ""}};
  }

  std::string described(const Page& page) const override {
    return fmt::format("by number in {} from {}", page.param, page.first);
  }

  std::string value_of(const Task& task, const Page& page) const override {
    return std::to_string(std::int64_t(page.first) + task.page - 1);
  }

  // The number says it all.
  std::string cursor_after(const Task&, const Page&, std::int64_t) const override { return {}; }
  std::string cursor_of(std::int64_t, std::int64_t) const override { return {}; }
  // What a page does not show, no other number does.
  std::optional<GapPage> gap_after(const Task&, const Page&, std::int64_t, std::int64_t,
                                   std::int64_t) const override {
    return std::nullopt;
  }
};

}  // namespace

const PageKind& number_pages() {
  static const NumberPages kind;
  return kind;
}

}  // namespace fanout
