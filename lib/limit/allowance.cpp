#include "limit/allowance.h"

#include <algorithm>
#include <limits>

namespace fanout {
namespace {

constexpr milliseconds kFirstWait{1000};
constexpr milliseconds kFirstWaitOfWindow = std::chrono::minutes(5);  // rolling ones have room again earlier
constexpr milliseconds kLongestWait = std::chrono::minutes(5);        // … of no known window
// After its end, and no longer: a vendor that tells nothing any more holds up nothing.
constexpr milliseconds kRemembered = std::chrono::minutes(1);
constexpr std::size_t kMostUntold = 4096;
constexpr std::size_t kMostBeside = 256;
constexpr std::int64_t kAllOnTrial = 1'000'000;

}  // namespace

bool Allowance::is_forgotten(MonoTime at) const { return !lowest_ || lowest_->ends + kRemembered <= at; }

void Allowance::told(const Word& word, MonoTime taken, MonoTime now) {
  judge(word, taken);
  const bool fresh = is_forgotten(now);
  const bool surely_later = !fresh && taken >= lowest_->heard && (!word.refused || word.remaining == 0);
  const bool lower = !fresh && word.remaining < lowest_->remaining;
  if (!fresh && !surely_later && !lower)
    return remember({word.remaining, now, now + word.reset_in.value_or(milliseconds(0))});
  const auto lowest = lowest_beside(taken, {word.remaining, now, end_of(word, now)});
  lowest_ = lowest;
  while (!untold_.empty() && untold_.front() <= taken) untold_.pop_front();  // it was counted before
  if (word.remaining > 0) return;
  if (doubts_ > 0) {
    doubted_for_ += std::chrono::ceil<milliseconds>(lowest_->ends - now);
    doubted_for_ = std::min(doubted_for_, kMostPatience);
  }
  zero_until_ = lowest_->ends;
  some_since_zero_ = false;
}

void Allowance::remember(const Lowest& said) {
  while (!beside_.empty() && beside_.back().remaining >= said.remaining) beside_.pop_back();
  beside_.push_back(said);
  if (beside_.size() > kMostBeside) beside_.pop_front();
}

// What was heard while its request was on its way may have been counted after it.
Allowance::Lowest Allowance::lowest_beside(MonoTime taken, const Lowest& said) {
  const auto first = std::ranges::find_if(beside_, [&](const Lowest& other) { return other.heard > taken; });
  const bool lower = first != beside_.end() && first->remaining < said.remaining;
  const Lowest lowest{lower ? first->remaining : said.remaining, said.heard, lower ? first->ends : said.ends};
  beside_.clear();
  return lowest;
}

void Allowance::judge(const Word& word, MonoTime taken) {
  const bool after_zero = zero_until_ && taken >= *zero_until_;
  if (word.remaining > 0) {
    own_wait_ = milliseconds(0);
    doubts_ = 0;
    doubted_for_ = milliseconds(0);
    on_trial_ = 1;
    some_since_zero_ = true;
  } else if (word.refused) {
    refused();
  } else if (word.well && !believed()) {
    on_trial_ = std::min(on_trial_ * 2, kAllOnTrial);
  } else if (word.well && after_zero && !some_since_zero_ && !word.of_one) {
    doubts_ = std::min(doubts_ + 1, kDoubts);
  }
}

void Allowance::refused() {
  if (!believed()) patience_ = std::min(patience_ * 2, kMostPatience);
  doubts_ = 0;
  doubted_for_ = milliseconds(0);
  on_trial_ = 1;
}

MonoTime Allowance::end_of(const Word& word, MonoTime now) {
  const auto window = word.window.value_or(milliseconds(0));
  auto wait = word.reset_in.value_or(milliseconds(0));
  if (wait <= milliseconds(0) && word.remaining > 0) {
    wait = window > milliseconds(0) ? window : kRemembered;
  } else if (wait <= milliseconds(0)) {
    const bool known = window > milliseconds(0);
    const auto first = known ? std::min(window, kFirstWaitOfWindow) : kFirstWait;
    own_wait_ = std::clamp(own_wait_ * 2, first, known ? std::max(window, first) : kLongestWait);
    wait = own_wait_;
  }
  return now + std::min(wait, word.remaining == 0 && doubts_ > 0 ? kLongestDoubted : kLongest);
}

void Allowance::untold(MonoTime now) {
  if (is_forgotten(now)) return untold_.clear();
  // It errs on the safe side: the latest counts for all that came after it.
  if (untold_.size() < kMostUntold)
    untold_.push_back(now);
  else
    untold_.back() = now;
}

std::int64_t Allowance::left(MonoTime at) const {
  if (is_forgotten(at)) return std::numeric_limits<std::int64_t>::max();
  if (is_zero_on_trial()) return on_trial_;
  const auto left = lowest_->remaining - static_cast<std::int64_t>(untold_.size());
  // A limit that rolls on gives back only some of it at its end, so one goes first.
  return std::max<std::int64_t>(left, lowest_->ends <= at ? 1 : 0);
}

MonoTime Allowance::next(MonoTime now, std::int64_t in_flight) const {
  const auto may = left(now);
  if (may > in_flight) return now;
  return may > 0 ? MonoTime::max() : lowest_->ends;
}

std::int64_t Allowance::room(MonoTime until, std::int64_t in_flight) const {
  return std::max<std::int64_t>(left(until) - in_flight, 0);
}

std::optional<MonoTime> Allowance::empty_until(MonoTime now) const {
  return left(now) > 0 ? std::nullopt : std::optional(lowest_->ends);
}

Allowance::State Allowance::state(MonoTime now, std::int64_t in_flight) const {
  State state{{}, milliseconds(0), doubts_, doubted_for_, patience_};
  if (is_forgotten(now)) return state;
  const auto may = left(now);
  // What is in flight may turn out to have been counted.
  state.left = may > 0 ? std::max<std::int64_t>(may - in_flight, 1) : 0;
  state.ends_in = std::max(std::chrono::ceil<milliseconds>(lowest_->ends - now), milliseconds(0));
  return state;
}

void Allowance::restore(const State& state, MonoTime then, MonoTime now) {
  doubts_ = state.doubts;
  doubted_for_ = state.doubted_for;
  patience_ = state.patience;
  if (!state.left) return;
  lowest_ = Lowest{0, then, *state.left > 0 ? now : then + std::min(state.ends_in, kLongest)};
  if (*state.left == 0) zero_until_ = lowest_->ends;
}

}  // namespace fanout
