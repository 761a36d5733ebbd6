// The turns under limits of their own that tasks have which were put off.
//
// Each run books for itself, one turn after another and at the whole pace of the limit: a run that floods
// leaves the turns of another as they are, and what a run that was cancelled had booked is nobody's loss. Of
// several runs more come back than may go; the others get later turns. What is booked is foreseen, and the
// limit may let more go than that, or who booked may be gone: a turn that is free and for which nobody is
// here is vacant, and then those whose turn would be next are called. Owned by a dispatcher, on the loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "limit/part_bounds.h"
#include "store/store.h"

namespace fanout {

// One limit, or one value of it, or the budget for retries, as far as a run has turns there.
struct Bound {
  std::size_t limit = 0;
  std::string value;
  std::int64_t run = 0;
  friend auto operator<=>(const Bound&, const Bound&) = default;
};

class Bookings {
 public:
  // When each of them has its turn: after all that its run booked there before, and after what stays to go
  // until `from`. They may be several tasks each, of which none costs more than `dearest`.
  std::vector<MonoTime> book(const PartBounds& bounds, const Bound& bound, const std::string& why,
                             const std::vector<std::int64_t>& costs, std::int64_t dearest, MonoTime from,
                             MonoTime now);
  // What is over.
  void forget_until(MonoTime now);
  void forget_run(std::int64_t run);
  void forget_all() {
    booked_.clear();
    next_look_ = MonoTime::max();
  }

  // Whom to call for the turns that are vacant. here: how many of each limit and value are here already.
  // goes: whether a run does.
  using Here = std::map<std::pair<std::size_t, std::string>, std::int64_t>;
  std::vector<Call> vacant(const PartBounds& bounds, Here here, const std::function<bool(std::int64_t)>& goes,
                           MonoTime now);
  // When there may be any.
  MonoTime next_look() const { return next_look_; }
  // Less came than was called.
  void none_waits(const Call& call);

 private:
  // In their order. Where they are many, neighbours are one: the further away, the less exactly is known when
  // they come.
  class Line {
   public:
    void add(MonoTime at, std::int64_t cost);
    void forget_until(MonoTime now);
    void drop(std::int64_t cost);
    bool empty() const { return turns_.empty(); }
    MonoTime end() const { return turns_.empty() ? MonoTime{} : turns_.back().at; }
    std::int64_t after(MonoTime at) const;

   private:
    struct Turn {
      MonoTime at{};
      std::int64_t cost = 0;
    };
    std::deque<Turn> turns_;
    std::int64_t cost_ = 0;
  };
  struct Booked {
    Line line;
    std::string why;
    bool some_wait = true;  // as far as is known
    std::int64_t cost = 1;  // of the dearest that has booked lately
    std::optional<MonoTime> called_at{};
  };

  std::map<Bound, Booked> booked_;
  MonoTime next_look_ = MonoTime::max();
};

}  // namespace fanout
