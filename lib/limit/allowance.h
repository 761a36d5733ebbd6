// What remains of one limit that a vendor tells of, counted down by what leaves.
//
// A reply says what remained when its request was counted; which of those in flight beside it were counted by
// then, nobody here knows. But each reply says so: the lowest that was told has counted all that have told,
// and the others, those in flight and those that ended without a word, may all be still to come. A reply to a
// request that left after the lowest was heard knows more than it, also where it says more. A refusal never
// raises what remains.
//
// When nothing remains, nothing leaves before the limit begins anew, a day at most; then one leaves, and its
// reply tells anew. Where nobody says when that is, it is tried after a while, which doubles.
//
// A zero may be no truth. Whoever answers well what left after a zero was over, and says zero again, may have
// that much only or may mean something else by it. So the next waits last an hour at most, and after a few
// such answers and a minute of waiting one request leaves all the same: answered well it lets two more leave,
// and so on; refused it proves the zero right, and the next such trial comes after twice the time. A limit of
// one says zero each time, and is no liar.
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
  static constexpr int kDoubts = 3;  // good answers that say zero, before it is tried
  static constexpr milliseconds kFirstPatience = std::chrono::minutes(1);
  static constexpr milliseconds kMostPatience = std::chrono::hours(24);

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
  MonoTime next(MonoTime now, std::int64_t in_flight) const;
  // How many could leave until then at most, if nothing is told anew.
  std::int64_t room(MonoTime until, std::int64_t in_flight) const;
  // Until when nothing leaves, where nothing remains.
  std::optional<MonoTime> empty_until(MonoTime now) const;
  bool believed() const { return doubts_ < kDoubts || doubted_for_ < patience_; }

  struct State {
    std::optional<std::int64_t> left;  // at least; nothing: nothing is known
    milliseconds ends_in{0};
    int doubts = 0;
    milliseconds doubted_for{0};
    milliseconds patience{kFirstPatience};
  };
  State state(MonoTime now, std::int64_t in_flight) const;
  // What left since then is not in it. So unless nothing remains, one goes at a time until a reply tells.
  void restore(const State& state, MonoTime then, MonoTime now);

 private:
  struct Lowest {
    std::int64_t remaining;
    MonoTime heard;
    MonoTime ends;
  };

  bool is_forgotten(MonoTime at) const;
  bool is_zero_on_trial() const { return lowest_->remaining == 0 && !believed(); }
  // What may leave, those in flight among it.
  std::int64_t left(MonoTime at) const;
  void remember(const Lowest& said);
  Lowest lowest_beside(MonoTime taken, const Lowest& said);
  void judge(const Word& word, MonoTime taken);
  MonoTime end_of(const Word& word, MonoTime now);

  std::optional<Lowest> lowest_;
  std::deque<Lowest> beside_;           // told since, and no lower; by time, and growing
  std::deque<MonoTime> untold_;         // when each ended; the oldest first
  std::optional<MonoTime> zero_until_;  // the latest zero that was kept to
  bool some_since_zero_ = false;
  int doubts_ = 0;
  milliseconds doubted_for_{0};  // so long was waited for zeros in doubt
  milliseconds patience_{kFirstPatience};
  std::int64_t on_trial_ = 1;  // may be in flight while a zero is not believed
  milliseconds own_wait_{0};   // where nobody says when it begins anew
};

}  // namespace fanout
