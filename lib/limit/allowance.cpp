#include "limit/allowance.h"

#include <algorithm>
#include <limits>

namespace fanout {
namespace {

constexpr milliseconds kFirstWait{1000};
constexpr milliseconds kFirstWaitOfWindow = std::chrono::minutes(5);  // rolling ones have room again earlier
constexpr milliseconds kLongestWait = std::chrono::minutes(5);        // … of no known window
constexpr milliseconds kUnsure = std::chrono::minutes(1);
constexpr std::size_t kMostUntold = 4096;

}  // namespace

void Allowance::told(const Word& word, MonoTime taken, MonoTime now) {
  judge(word, taken);
  unsure_until_.reset();
  const bool over = is_over(now);
  const bool surely_later = !over && taken >= lowest_->heard && (!word.refused || word.remaining == 0);
  const bool lower = !over && word.remaining < lowest_->remaining;
  if (!over && !surely_later && !lower) return;
  lowest_ = Lowest{word.remaining, now, end_of(word, now)};
  while (!untold_.empty() && untold_.front() <= taken) untold_.pop_front();  // it was counted before
  if (word.remaining > 0) return;
  zero_until_ = lowest_->ends;
  some_since_zero_ = false;
}

void Allowance::judge(const Word& word, MonoTime taken) {
  const bool after_zero = zero_until_ && taken >= *zero_until_;
  if (word.remaining > 0) {
    own_wait_ = milliseconds(0);
    doubts_ = 0;
    some_since_zero_ = true;
  } else if (word.refused) {
    refused();
  } else if (word.well && after_zero && !some_since_zero_ && !word.of_one && believed()) {
    ++doubts_;
  }
}

void Allowance::refused() {
  if (!believed()) patience_ = std::min(patience_ * 2, kMostPatience);
  doubts_ = 0;
}

MonoTime Allowance::end_of(const Word& word, MonoTime now) {
  const auto window = word.window.value_or(milliseconds(0));
  auto wait = word.reset_in.value_or(milliseconds(0));
  if (wait <= milliseconds(0) && word.remaining > 0) {
    wait = window > milliseconds(0) ? window : kUnsure;
  } else if (wait <= milliseconds(0)) {
    const bool known = window > milliseconds(0);
    const auto first = known ? std::min(window, kFirstWaitOfWindow) : kFirstWait;
    own_wait_ = std::clamp(own_wait_ * 2, first, known ? std::max(window, first) : kLongestWait);
    wait = own_wait_;
  }
  return now + std::min(wait, word.remaining == 0 && doubts_ > 0 ? kLongestDoubted : kLongest);
}

void Allowance::untold(MonoTime now) {
  if (is_over(now)) return untold_.clear();
  // It errs on the safe side: the oldest counts for as long as the one behind it.
  if (untold_.size() < kMostUntold)
    untold_.push_back(now);
  else
    untold_.back() = now;
}

std::int64_t Allowance::left() const {
  return lowest_->remaining - static_cast<std::int64_t>(untold_.size());
}

MonoTime Allowance::next(MonoTime now, int in_flight) const {
  if (unsure_until_ && *unsure_until_ > now && in_flight > 0) return MonoTime::max();
  if (is_over(now) || left() > in_flight) return now;
  if (lowest_->remaining == 0 && !believed()) return now;
  return left() > 0 ? MonoTime::max() : lowest_->ends;
}

std::int64_t Allowance::room(MonoTime until, int in_flight) const {
  const bool no_bound = is_over(until) || (lowest_->remaining == 0 && !believed());
  if (no_bound) return std::numeric_limits<std::int64_t>::max();
  return std::max<std::int64_t>(left() - in_flight, 0);
}

std::optional<MonoTime> Allowance::empty_until(MonoTime now) const {
  if (is_over(now) || left() > 0 || !believed()) return std::nullopt;
  return lowest_->ends;
}

Allowance::State Allowance::state(MonoTime now, int in_flight) const {
  State state{{}, milliseconds(0), doubts_, patience_};
  if (is_over(now)) return state;
  state.left = std::max<std::int64_t>(left() - in_flight, 0);
  // What is in flight may turn out not to have been counted.
  if (left() > 0 && *state.left == 0) state.left = 1;
  state.ends_in = std::chrono::ceil<milliseconds>(lowest_->ends - now);
  return state;
}

void Allowance::restore(const State& state, MonoTime then, MonoTime now) {
  doubts_ = state.doubts;
  patience_ = state.patience;
  const auto ends = then + state.ends_in;
  if (!state.left || ends <= now) return;
  if (*state.left > 0) {
    unsure_until_ = std::min(ends, now + kUnsure);
    return;
  }
  lowest_ = Lowest{0, then, ends};
  zero_until_ = ends;
}

}  // namespace fanout
