// How much longer one request is on its way to a vendor than another, as far as replies tell.
//
// A window is kept as the vendor sees it (limit/window.h). That a request is on its way for some time makes
// no window fuller; that one takes longer than another does. Nobody here sees a request arrive, but its reply
// comes after a way there, some work and a way back; so over many the ways lie no further apart than the
// times until the replies do. Those of the latest 256 to 512 replies count, and a quarter more for what they
// did not show. Owned by the limiter, on the loop. A value.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>

#include "base/time.h"

namespace fanout {

class Jitter {
 public:
  static constexpr int kFewest = 20;  // replies, before anything is known
  static constexpr int kGeneration = 256;

  // A good reply came so long after its request had been handed to the system.
  void replied(microseconds after) {
    if (now_.replies == kGeneration) before_ = std::exchange(now_, {});
    ++now_.replies;
    now_.fastest = std::min(now_.fastest, after);
    now_.slowest = std::max(now_.slowest, after);
  }

  std::optional<microseconds> known() const {
    if (now_.replies + before_.replies < kFewest) return std::nullopt;
    const auto apart = std::max(now_.slowest, before_.slowest) - std::min(now_.fastest, before_.fastest);
    return apart + apart / 4;
  }

 private:
  struct Replies {
    int replies = 0;
    microseconds fastest = microseconds::max();
    microseconds slowest{0};
  };

  Replies now_;
  Replies before_;
};

}  // namespace fanout
