#include "limit/adaptive.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/units.h"

namespace fanout {
namespace {

using Seconds = Latency::Seconds;

constexpr double kSlowest = 1.0 / 60;  // requests a second
constexpr double kFirst = 1;
constexpr Seconds kShortestWindow{1};
constexpr double kFewestReplies = 10;
constexpr double kLatencies = 8;
constexpr double kTooSlow = 1.5;  // times the baseline
constexpr double kFarTooSlow = 2;

constexpr double kWhileDoubling = 0.8;
constexpr double kAfterRefusal = 0.7;
constexpr double kAfterKnown = 0.9;  // a refusal that says what is known
constexpr double kGently = 0.9, kHard = 0.5;
constexpr double kFewFailures = 0.01, kManyFailures = 0.1;  // shares
constexpr Seconds kBackIn{20};

constexpr double kAgree = 0.07;
constexpr double kJustBelow = 0.98;
constexpr double kNotThere = 1.15;  // times what is known, and nobody refuses
constexpr Seconds kFirstProbe{60}, kRarestProbe{900};
constexpr double kAgreeToFall = 0.25;
constexpr Seconds kLongestFear{86'400};
constexpr int kHints = 2;
constexpr milliseconds kMoment{1000};

bool agree(double rate, double with) { return with > 0 && std::abs(rate - with) <= kAgree * with; }

MonoTime later(MonoTime at, Seconds by) { return at + std::chrono::ceil<microseconds>(by); }

}  // namespace

double Adaptive::rate() const { return std::max(kSlowest, std::min(rate_, quota_.rate().value_or(rate_))); }

int Adaptive::slots() const {
  if (quota_.is_blocked()) return 1;
  const double needed = rate() * latency_.baseline().count();
  const int slots = std::max(1, static_cast<int>(std::ceil(kTooSlow * needed + std::sqrt(needed))));
  return most_in_flight_ > 0 ? std::min(slots, most_in_flight_) : slots;
}

MonoTime Adaptive::next(int in_flight) const { return in_flight >= slots() ? MonoTime::max() : due_; }

std::int64_t Adaptive::room(MonoTime now, MonoTime until) const {
  const auto from = std::max(now, due_);
  if (from > until) return 0;
  return 1 + static_cast<std::int64_t>(Seconds(until - from).count() * rate() * 2);
}

Adaptive::Left Adaptive::taken(MonoTime now, int in_flight) {
  const Seconds interval(1 / rate());
  const bool in_turn = Seconds(now - due_) <= interval;
  const auto late = std::chrono::floor<microseconds>(interval / 2);
  due_ = later(std::max(due_, now - late), interval);
  return {now, in_flight, in_turn, borne(now)};
}

void Adaptive::ended(const Left& left, Said said, std::string_view level, MonoTime now) {
  if (said == Said::refused) {
    refused(left, now);
  } else if (said == Said::failed) {
    ++window_.failed;
    // A time-out comes when nothing has been answered for a while.
    if (failing_from_ <= 0) failing_from_ = std::max(borne(now), left.borne);
    if (starting_) cut(borne(now), kGently, now);
  } else if (said == Said::well) {
    ++window_.well;
    answered_.push_back(now);
    latency_.answered(level, now - left.at, now);
    quota_.well(left.at, now);
    most_well_ = std::max(most_well_, left.in_flight);
    if (left.in_turn) grow(now);
  }
  const Seconds length = std::max(kShortestWindow, kLatencies * latency_.baseline());
  if (now - window_.begin >= length && window_.well + window_.failed >= kFewestReplies) end_window(now);
}

// What is measured: the last second, or the last few replies.
Seconds Adaptive::span() const { return std::max(kShortestWindow, Seconds(kFewestReplies / rate())); }

// Replies a second that were good, lately.
double Adaptive::measured(MonoTime now) const {
  const auto first = std::ranges::lower_bound(answered_, now - std::chrono::floor<microseconds>(span()));
  return static_cast<double>(answered_.end() - first) / span().count();
}

// What the vendor bears, as far as the last replies tell. While it doubles they tell of a while ago.
double Adaptive::borne(MonoTime now) const {
  const double lately = std::min(rate_, measured(now));
  return std::max({kSlowest, lately, starting_ ? kWhileDoubling * rate_ : 0});
}

Seconds Adaptive::back_in() const {
  return std::max({kBackIn, 40 * latency_.baseline(), Seconds(40 / std::max(ceiling_, kSlowest))});
}

double Adaptive::cubic() const {
  const double way = (clock_ - back_in()) / back_in();
  return ceiling_ * (1 + (1 - kAfterRefusal) * way * way * way);
}

void Adaptive::grow(MonoTime now) {
  if (now < most_until_ && rate_ >= most_) {
    starting_ = false;
    return;
  }
  if (starting_) {
    if (slow_) return;
    const double replies = std::max(
        {kFewestReplies, rate_ * kShortestWindow.count(), kLatencies * rate_ * latency_.baseline().count()});
    rate_ *= std::exp2(1 / replies);
    // After an outage: it was found before.
    if (ceiling_ > 0 && rate_ >= kAfterRefusal * ceiling_) {
      starting_ = false;
      clock_ = Seconds(0);
    }
    return;
  }
  if (known_ > 0 && rate_ >= kJustBelow * known_ && now < probe_at_) return;
  if (slow_ && rate_ >= kAfterRefusal * ceiling_) return;
  clock_ += Seconds(1 / rate());
  rate_ = std::max(kSlowest, cubic());
  if (known_ > 0 && rate_ > kNotThere * known_) {
    known_ = 0;
    probe_every_ = kFirstProbe;
  }
}

void Adaptive::refused(const Left& left, MonoTime now) {
  if (!quota_.refused(left.at, now)) return;
  if (cut_at_ && left.at <= *cut_at_) return;
  if (learn_in_flight(left)) return;
  const double rate = std::max(borne(now), quota_.rate().value_or(0));
  cut(rate, learn_rate(rate, now) ? kAfterKnown : kAfterRefusal, now);
}

// to: of the ceiling.
void Adaptive::cut(double ceiling, double to, MonoTime now) {
  starting_ = false;
  ceiling_ = ceiling;
  clock_ = back_in() * (1 + std::cbrt((to - 1) / (1 - kAfterRefusal)));
  rate_ = std::max(kSlowest, to * ceiling);
  cut_at_ = now;
  due_ = std::max(due_, later(now, Seconds(1 / rate())));
  window_ = Window{now};
}

// True if it was known already.
bool Adaptive::learn_rate(double rate, MonoTime now) {
  const bool as_known = agree(rate, known_);
  if (as_known) {
    known_ += (rate - known_) / 4;
    probe_every_ = std::min(probe_every_ * 2, kRarestProbe);
  } else if (agree(rate, ceiling_)) {
    known_ = (rate + ceiling_) / 2;
    probe_every_ = kFirstProbe;
  } else {
    known_ = 0;
  }
  probe_at_ = later(now, probe_every_);
  return as_known;
}

// True if that is what was too much.
bool Adaptive::learn_in_flight(const Left& left) {
  if (left.in_flight <= most_well_) {
    flight_hints_ = 0;
    most_in_flight_ = 0;
    return false;
  }
  if (++flight_hints_ < kHints) return false;
  most_in_flight_ = most_well_;
  return true;
}

void Adaptive::end_window(MonoTime now) {
  const double all = window_.well + window_.failed;
  const double failures = window_.failed / all;
  const double gradient = latency_.look(now);
  // Those of tasks that always fail do not become fewer by asking less.
  const bool fails = window_.failed > 1 && failures > kFewFailures + 2 * background_;
  background_ += (failures - background_) / kFewestReplies;
  slow_ = gradient > kTooSlow;
  if (!fails) failing_from_ = 0;
  if (fails || gradient > kFarTooSlow || (starting_ && slow_)) {
    known_ = 0;
    cut(starting_ ? borne(now) : rate(), failures > kManyFailures ? kHard : kGently, now);
  }
  window_ = Window{now};
  const auto old = now - std::chrono::ceil<microseconds>(span());
  while (!answered_.empty() && answered_.front() < old) answered_.pop_front();
}

milliseconds Adaptive::time_for(std::int64_t count) const {
  constexpr Seconds kYears = std::chrono::hours(24 * 365 * 2);
  return std::chrono::ceil<milliseconds>(std::min(Seconds(static_cast<double>(count) / rate()), kYears));
}

std::string Adaptive::why(MonoTime now) const {
  return due_ - now <= kMoment ? "" : "its limit is not known, and is found from below";
}

std::string Adaptive::finding() const {
  if (quota_.rate()) {
    return fmt::format("about {:.0f} requests in {}", quota_.state().limit,
                       format_duration(quota_.state().window));
  }
  if (most_in_flight_ > 0) return fmt::format("{} requests at once", most_in_flight_);
  return known_ > 0 ? fmt::format("about {:.2g} requests a second", known_) : "";
}

// What goes down at one request a second does not because of us.
void Adaptive::fell(double at, MonoTime now) {
  if (at <= kFirst) return;
  const bool lately = fell_ > 0 && now - fell_at_ < kLongestFear + most_for_;
  if (lately && std::abs(at - fell_) <= kAgreeToFall * fell_) {
    most_ = std::max(kFirst, kAfterRefusal * std::min(at, fell_));
    most_until_ = later(now, most_for_);
    most_for_ = std::min(2 * most_for_, kLongestFear);
  } else if (!lately) {
    most_for_ = kFirstFear;
  }
  fell_ = at;
  fell_at_ = now;
}

void Adaptive::outage(bool fell, MonoTime now) {
  if (fell) this->fell(failing_from_ > 0 ? failing_from_ : ceiling_, now);
  failing_from_ = 0;
  ceiling_ = std::max(ceiling_, known_);
  starting_ = true;
  rate_ = kFirst;
  window_ = Window{now};
  due_ = std::max(due_, later(now, Seconds(1 / rate_)));
}

Adaptive::State Adaptive::state(MonoTime now) const {
  const auto rest = std::max(most_until_ - now, microseconds(0));
  const Seconds ago = std::min<Seconds>(now - fell_at_, 2 * kLongestFear);
  return {rate_,
          std::max(ceiling_, rate_),
          known_,
          most_in_flight_,
          quota_.state(),
          fell_,
          std::chrono::floor<milliseconds>(ago),
          most_,
          std::chrono::ceil<milliseconds>(rest),
          std::chrono::ceil<milliseconds>(most_for_)};
}

void Adaptive::restore(const State& state, MonoTime now) {
  rate_ = std::max(kSlowest, state.rate / 2);
  ceiling_ = state.ceiling;
  known_ = state.known;
  most_in_flight_ = state.most_in_flight;
  fell_ = state.fell;
  fell_at_ = now - state.fell_ago;
  most_ = state.most;
  most_until_ = now + state.most_rest;
  most_for_ = std::max<Seconds>(kFirstFear, state.most_for);
  quota_.restore(state.quota);
  starting_ = true;
  probe_at_ = later(now, probe_every_);
  due_ = std::max(due_, later(now, Seconds(1 / rate())));
}

}  // namespace fanout
