// One kind of pages: what it sends, where the next page begins, how it is configured and described.
//
// A kind is a file that implements this, and a line in page_kinds.cpp. Pure; a kind has no state and lives
// for ever. What all kinds have in common, such as when a list ends, is in paging.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "spec/page.h"
#include "task/task.h"

namespace fanout {

// One key of `page = { … }` that a kind takes, and where it goes.
struct PageSetting {
  std::string key;
  std::variant<std::string Page::*, int Page::*, std::optional<JsonPath> Page::*> into;
  std::string hint;         // not empty: it must be there, and this is how
  std::string needed_with;  // … only where this key is there; empty: always
  std::int64_t least = 1;   // of a number
  std::int64_t most = 1'000'000;
};

// A page that fills the gap behind another one which was shorter than it should be.
struct GapPage {
  int number = 0;  // below 0, and of no other page of its list
  std::string cursor;
};

class PageKind {
 public:
  virtual ~PageKind() = default;
  virtual std::string_view name() const = 0;  // as the configuration has it
  virtual std::vector<PageSetting> settings() const = 0;
  // For people, e.g. "by offset in from".
  virtual std::string described(const Page& page) const = 0;
  // What a request for this page says, beside its size.
  virtual std::string value_of(const Task& task, const Page& page) const = 0;

  // The cursor of the page behind this one, which had so many items.
  virtual std::string cursor_after(const Task& task, const Page& page, std::int64_t items) const = 0;
  // The cursor of any page of a list whose pages begin `step` items apart.
  virtual std::string cursor_of(std::int64_t number, std::int64_t step) const = 0;
  // Where the vendor has more of a list of `total` than this page brought, and no page begins there.
  virtual std::optional<GapPage> gap_after(const Task& task, const Page& page, std::int64_t items,
                                           std::int64_t step, std::int64_t total) const = 0;
};

// Null: there is none of that name.
const PageKind* page_kind(std::string_view name);
std::vector<std::string> page_kind_names();

// What a request for this page sends, in order: names and values, not encoded.
std::vector<std::pair<std::string, std::string>> page_parameters(const Task& task, const Page& page);
std::string page_text(const Page& page);  // for people

// The kinds, a file each.
const PageKind& offset_pages();
const PageKind& number_pages();

}  // namespace fanout
