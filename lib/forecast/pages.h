// How long the lists of a level are: how many further pages follow a page.
//
// Where a list tells its length with its first page, the further ones list none. Else each page says whether
// there is another, and a list may always end. Pure.
#pragma once

#include "forecast/sample.h"

namespace fanout {

struct ListLength {
  double after_first = 0;   // further pages after a first one
  double with_further = 1;  // a further page and those after it
  double variance = 0;      // of either, relative to its square
};

// told: the vendor says it with the first page.
ListLength list_length(const LevelSums& level, bool told);

}  // namespace fanout
