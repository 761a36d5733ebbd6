// How a level's list is spread over pages: what the configuration says. A value.
#pragma once

#include <optional>
#include <string>

#include "spec/json_path.h"

namespace fanout {

class PageKind;  // page/page_kind.h

struct Page {
  const PageKind* kind = nullptr;  // lives for ever; null: the list is one page
  std::string param;               // "offset", "page"
  std::string size_param;          // "size", "per_page"; empty: not sent
  int size = 0;                    // items a page, as asked for; 0: nobody says
  int first = 1;                   // by number: the number of the first page
  std::optional<JsonPath> total;   // items in the whole list
  std::optional<JsonPath> pages;   // pages in the whole list
};

}  // namespace fanout
