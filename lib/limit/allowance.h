// What remains of one limit that a vendor tells of, counted down by what leaves.
//
// A reply says what remained when its request was counted; which of those in flight beside it were counted by
// then, nobody here knows. But each reply says so: the lowest that was told has counted all that have told,
// and the others, those in flight and those that ended without a word, may all be still to come. A reply to a
// request that left after the lowest was heard knows more than it, also where it says more. A refusal never
// raises what remains.
//
// When nothing remains, nothing leaves before the limit begins anew, a day at most; then the next reply tells
// anew. Where nobody says when that is, it is tried after a while, which doubles.
//
// A zero may be no truth. Whoever answers well what left after a zero was over, and says zero again, may have
// that much only or may mean something else by it. So the next waits last an hour at most, and after a few
// such answers the zero is not believed any more, until another count is told. A refusal proves it right, and
// then it takes twice as many to stop believing it. A limit of one says zero each time, and is no liar.
//
// Owned by the limiter's Told, on the loop, told the time.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/time.h"

namespace fanout {

class Allowance {
 public:
  static constexpr milliseconds kLongest = std::chrono::hours(24);
  static constexpr milliseconds kLongestDoubted = std::chrono::hours(1);
  static constexpr int kPatience = 3;  // good answers that say zero, before it is not believed
  static constexpr int kMostPatience = 96;

  // What one reply says.
  struct Word {
    std::int64_t remaining = 0;
    std::optional<milliseconds> reset_in{};
    std::optional<milliseconds> window{};
    bool well = false;     // it answered well
    bool refused = false;  // it said that we ask too much
    bool of_one = false;   // the limit is one
  };

  // taken: when its request was.
  void told(const Word& word, MonoTime taken, MonoTime now);
  // A request ended, and nothing says whether it was counted.
  void untold(MonoTime now);
  // A refusal that does not say what remains.
  void refused();

  // MonoTime::max(): what is in flight may use up the rest, and tells when it comes back.
  MonoTime next(MonoTime now, int in_flight) const;
  // How many could leave until then at most, if nothing is told anew.
  std::int64_t room(MonoTime until, int in_flight) const;
  // Until when nothing leaves, where nothing remains.
  std::optional<MonoTime> empty_until(MonoTime now) const;
  bool believed() const { return doubts_ < patience_; }

  struct State {
    std::optional<std::int64_t> left;  // at least; nothing: nothing is known
    milliseconds ends_in{0};
    int doubts = 0;
    int patience = kPatience;
  };
  State state(MonoTime now, int in_flight) const;
  // What left since then is not in it. So unless nothing remains, one goes at a time, a minute at most, until
  // a reply tells.
  void restore(const State& state, MonoTime then, MonoTime now);

 private:
  struct Lowest {
    std::int64_t remaining;
    MonoTime heard;
    MonoTime ends;
  };

  bool is_over(MonoTime at) const { return !lowest_ || lowest_->ends <= at; }
  // Of what was told, what may not be used up by those that ended without a word.
  std::int64_t left() const;
  void judge(const Word& word, MonoTime taken);
  MonoTime end_of(const Word& word, MonoTime now);

  std::optional<Lowest> lowest_;
  std::deque<MonoTime> untold_;           // when each ended; the oldest first
  std::optional<MonoTime> unsure_until_;  // after a restart
  std::optional<MonoTime> zero_until_;    // the latest zero that was kept to
  bool some_since_zero_ = false;
  int doubts_ = 0;
  int patience_ = kPatience;
  milliseconds own_wait_{0};  // where nobody says when it begins anew
};

}  // namespace fanout
