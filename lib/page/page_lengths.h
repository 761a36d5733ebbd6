// How long the pages of one level are in one run, as far as its replies have shown: whether a page that is
// shorter than was asked for is the last of its list, or all that the vendor gives at a time.
//
// A page is the last when the level has brought longer ones. Where none were longer, the page behind it is
// asked for: an extra request that teaches, made once and not for each list. Once such a page has turned out
// to be empty, others of the same length are the last as well. A length that vendors like to set as their
// limit is tried a few times more, since a list may be just that long by chance.
//
// A value of the loop; not kept: after a restart it is learnt anew, for the same price.
#pragma once

#include <algorithm>
#include <cstdint>

namespace fanout {

class PageLengths {
 public:
  static constexpr int kTriesOfARoundLength = 8;

  // before: items of the page before this one; 0: this is a first page, or nobody knows.
  void saw(std::int64_t items, std::int64_t before) {
    longest_ = std::max(longest_, items);
    if (items > 0 || before < ended_) return;
    times_ = before == ended_ ? times_ + 1 : 1;
    ended_ = before;
  }

  // True for a page with so many items, fewer than asked for, behind which nothing more is to be expected.
  bool is_last(std::int64_t items) const {
    if (items < longest_) return true;
    return items > 0 && items == ended_ && times_ >= (is_round(items) ? kTriesOfARoundLength : 1);
  }

 private:
  static bool is_round(std::int64_t length) {
    return length % 5 == 0 || (length >= 8 && (length & (length - 1)) == 0);
  }

  std::int64_t longest_ = 0;
  std::int64_t ended_ = 0;  // the greatest length behind which nothing came, …
  int times_ = 0;           // … and how often
};

}  // namespace fanout
