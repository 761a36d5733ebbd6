#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "page/page_kind.h"

namespace fanout {
namespace {

// A new kind is a line here.
const auto& kinds() {
  static const std::array all{
      &offset_pages(),
      &number_pages(),
  };
  return all;
}

}  // namespace

const PageKind* page_kind(std::string_view name) {
  const auto found = std::ranges::find(kinds(), name, [](const PageKind* kind) { return kind->name(); });
  return found == kinds().end() ? nullptr : *found;
}

std::vector<std::string> page_kind_names() {
  std::vector<std::string> names;
  for (const PageKind* kind : kinds()) names.emplace_back(kind->name());
  return names;
}

std::vector<std::pair<std::string, std::string>> page_parameters(const Task& task, const Page& page) {
  if (page.kind == nullptr) return {};
  std::vector<std::pair<std::string, std::string>> sent{{page.param, page.kind->value_of(task, page)}};
  if (!page.size_param.empty()) sent.emplace_back(page.size_param, std::to_string(page.size));
  return sent;
}

std::string page_text(const Page& page) {
  std::string text = page.kind->described(page);
  if (page.size > 0) text += fmt::format(", {} items each", page.size);
  if (!page.size_param.empty()) text += fmt::format(" (asked for in {})", page.size_param);
  if (page.total) text += ", items in all at " + page.total->text();
  if (page.pages) text += ", pages in all at " + page.pages->text();
  return text;
}

}  // namespace fanout
