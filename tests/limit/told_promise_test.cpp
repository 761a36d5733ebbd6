// A vendor that tells the truth refuses nothing, by chance: random limits, ways, work, and replies that say
// nothing. The vendor counts by itself and shares nothing with the limiter.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>

#include "limit/limiter.h"

namespace fanout {
namespace {

struct Answer {
  Limiter::Ticket ticket;
  Ending ending;
};

class ToldLife {
 public:
  explicit ToldLife(std::uint64_t seed) : chance_(seed) {
    concurrency_ = static_cast<int>(1 + up_to(15));
    limit_ = concurrency_ + up_to(150);
    window_ = 500'000 + up_to(4'000'000);
    rolling_ = one_in(2);
    silent_ = one_in(2) ? 10 : 1'000'000;
    limiter_.emplace(Limits{concurrency_, {}, 1}, MonoTime{});
  }

  void live() {
    const auto end = 12 * window_;
    while (now_ < end) {
      while (limiter_->next(mono()) <= mono()) leave();
      now_ = next_event();
      arrive();
      reply();
    }
  }

  std::int64_t refused() const { return refused_; }
  std::int64_t answered() const { return answered_; }
  bool is_rolling_and_silent_at_times() const { return rolling_ && silent_ < 1000; }
  double used() const { return static_cast<double>(answered_) / (12.0 * static_cast<double>(limit_)); }
  bool is_bound_by_it() const {  // rather than by concurrency
    return 2 * limit_ * 60'000 < window_ * concurrency_;
  }

 private:
  std::int64_t up_to(std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(0, most)(chance_);
  }
  bool one_in(int times) { return up_to(times - 1) == 0; }
  MonoTime mono() const { return MonoTime(microseconds(now_)); }

  void leave() {
    const auto ticket = limiter_->take(mono());
    limiter_->sent(ticket, mono());
    arrivals_.emplace(now_ + 1'000 + up_to(one_in(10) ? 60'000 : 10'000), ticket);
  }

  std::int64_t next_event() const {
    auto next = now_ + 1'000'000;
    if (!arrivals_.empty()) next = std::min(next, arrivals_.begin()->first);
    if (!answers_.empty()) next = std::min(next, answers_.begin()->first);
    if (const auto at = limiter_->next(mono()); at > mono() && at != MonoTime::max())
      next = std::min(next, at.time_since_epoch().count());
    return std::max(next, now_ + 1);
  }

  // The vendor's own count, and what it says of it.
  void arrive() {
    for (; !arrivals_.empty() && arrivals_.begin()->first <= now_; arrivals_.erase(arrivals_.begin())) {
      const auto at = arrivals_.begin()->first;
      while (!counted_.empty() && is_out(counted_.front(), at)) counted_.pop_front();
      const bool well = static_cast<std::int64_t>(counted_.size()) < limit_;
      if (well) counted_.push_back(at);
      ++(well ? answered_ : refused_);
      const auto ends = rolling_ ? counted_.front() + window_ : (at / window_ + 1) * window_;
      Answer answer{arrivals_.begin()->second, {well ? Evidence::alive : Evidence::unclear, ""}};
      answer.ending.asked_too_much = !well;
      if (!one_in(silent_)) {
        ToldLimit limit;
        limit.name = "ratelimit";
        limit.remaining = limit_ - static_cast<std::int64_t>(counted_.size());
        limit.reset_in = std::chrono::ceil<milliseconds>(microseconds(ends - at));
        answer.ending.told.limits.push_back(limit);
      }
      answers_.emplace(at + 500 + up_to(one_in(10) ? 80'000 : 20'000), answer);
    }
  }
  bool is_out(std::int64_t counted, std::int64_t at) const {
    return rolling_ ? counted + window_ <= at : counted / window_ != at / window_;
  }

  void reply() {
    for (; !answers_.empty() && answers_.begin()->first <= now_; answers_.erase(answers_.begin()))
      limiter_->ended(answers_.begin()->second.ticket, answers_.begin()->second.ending, mono());
  }

  std::mt19937_64 chance_;
  int concurrency_ = 1;
  std::int64_t limit_ = 0, window_ = 0;
  bool rolling_ = false;
  int silent_ = 0;  // one reply in so many says nothing
  std::optional<Limiter> limiter_;
  std::multimap<std::int64_t, Limiter::Ticket> arrivals_;
  std::multimap<std::int64_t, Answer> answers_;
  std::deque<std::int64_t> counted_;
  std::int64_t now_ = 0, refused_ = 0, answered_ = 0;
};

TEST(ToldPromise, AVendorThatTellsTheTruthRefusesNothingAndIsUsedWell) {
  double used = 0;
  int bound = 0;
  std::int64_t refused = 0, answered = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ToldLife life(seed);
    life.live();
    // A reply that says nothing leaves open how much of a rolling window has come back.
    if (!life.is_rolling_and_silent_at_times()) {
      EXPECT_EQ(life.refused(), 0);
    }
    refused += life.refused();
    answered += life.answered();
    if (!life.is_bound_by_it()) continue;
    ++bound;
    used += life.used();
    EXPECT_GT(life.used(), 0.4);
  }
  ASSERT_GT(bound, 50);
  EXPECT_GT(used / bound, 0.85) << bound;
  EXPECT_LT(1000 * refused, answered);
}

}  // namespace
}  // namespace fanout
