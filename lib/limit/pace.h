// Requests of one rate, spread evenly: the generic cell rate algorithm. One that costs more puts off the next
// for as much longer.
//
// ITU-T Recommendation I.371, annex A (virtual scheduling): a request conforms when it comes no earlier than
// its theoretical time less the tolerance; each puts the theoretical time of the next one interval later. The
// interval is window/limit, the tolerance burst - 1 intervals. A loop that wakes up a little late does not
// lose its turn: up to kLate the next theoretical time follows the last one, later than that it begins anew.
// A window longer than kLongestEven is a quota, such as 65000/1d: spread over all of it, it would make every
// run last a day, so it is spread over a hundredth. This alone keeps no promise; the window beside it does
// (limit/window.h). A value, told the time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/units.h"

namespace fanout {

class Pace {
 public:
  static constexpr milliseconds kLate{10};
  static constexpr milliseconds kLongestEven{60'000};

  Pace(const Rate& rate, int burst, MonoTime now) : due_(now) { change(rate, burst, now); }

  void change(const Rate& rate, int burst, MonoTime now) {
    const microseconds spread = rate.window > kLongestEven ? rate.window / kQuotaShare : rate.window;
    interval_ = spread / rate.limit;
    tolerance_ = interval_ * (burst - 1);
    set_due(due_, now);
  }

  microseconds interval() const { return interval_; }
  MonoTime next() const { return due_ - tolerance_; }
  void taken(MonoTime now, int cost = 1) { due_ = (now - due_ <= kLate ? due_ : now) + interval_ * cost; }

  // It was more than that.
  void costs_more(int cost) { due_ += interval_ * cost; }

  // How many at most could be taken until then, besides what the last of them costs more than 1.
  std::int64_t room(MonoTime now, MonoTime until) const {
    const auto time = until + tolerance_ - std::max(due_, now - kLate);
    if (time < microseconds(0)) return 0;
    if (interval_ == microseconds(0)) return std::numeric_limits<std::int64_t>::max();
    return time / interval_ + 1;
  }

  std::int64_t most_at_once() const {
    const auto interval = std::max(interval_, microseconds(1));
    return (tolerance_ + kLate) / interval + 1;
  }

  // The theoretical time after so many more.
  MonoTime due_after(std::int64_t count, MonoTime now) const {
    return std::max(due_, now - kLate) + interval_ * std::min(count, kMostCounted);
  }
  // Never further ahead than a whole burst puts it.
  void set_due(MonoTime due, MonoTime now) { due_ = std::min(due, now + tolerance_ + interval_); }

 private:
  static constexpr int kQuotaShare = 100;
  static constexpr std::int64_t kMostCounted = 1'000'000;  // the largest burst

  microseconds interval_{0};
  microseconds tolerance_{0};
  MonoTime due_;
};

}  // namespace fanout
