#include "limit/breaker.h"

#include <algorithm>
#include <utility>

#include "base/units.h"

namespace fanout {
namespace {

milliseconds longer(milliseconds interval) { return std::min(interval * 2, Breaker::kLongestInterval); }

}  // namespace

void Breaker::taken(std::uint64_t number) {
  latest_ = number;
  probe_just_ended_ = false;
  if (open_) probe_ = number;
}

void Breaker::finished(std::uint64_t number, Evidence evidence, MonoTime now, const std::string& reason) {
  probe_just_ended_ = probe_ == number;
  if (probe_just_ended_) return probe_ended(evidence, now);
  if (open_ || number <= stale_) return;
  if (evidence == Evidence::unclear) return;
  remember(evidence == Evidence::down);
  if (evidence == Evidence::alive) cap_ = std::min(cap_ + 1, kNoCap);
  if (failures_ < kFailures || well()) return;
  interval_ = kFirstInterval;
  open_at(now, std::to_string(failures_) + " of the last " + std::to_string(recent_.size()) +
                   " replies were failures, the last: " + reason);
}

void Breaker::remember(bool failure) {
  recent_.push_back(failure);
  failures_ += failure ? 1 : 0;
  if (recent_.size() <= static_cast<std::size_t>(kRemembered)) return;
  failures_ -= recent_.front() ? 1 : 0;
  recent_.pop_front();
}

void Breaker::forget_replies() {
  recent_.clear();
  failures_ = 0;
}

void Breaker::probe_ended(Evidence evidence, MonoTime now) {
  probe_.reset();
  if (evidence == Evidence::alive) {
    open_ = false;
    remember(false);
    cap_ = 1;
    why_.clear();
    return;
  }
  interval_ = longer(interval_);
  next_probe_ = now + interval_;
}

void Breaker::trip(MonoTime now, std::string why) {
  if (open_ && !probe_just_ended_) return;
  if (!probe_just_ended_) {
    interval_ = kFirstInterval;
  } else if (!open_) {
    interval_ = longer(interval_);  // its probe was answered, and so did not make it longer yet
  }
  probe_just_ended_ = false;
  open_at(now, std::move(why));
}

void Breaker::open_at(MonoTime now, std::string why) {
  open_ = true;
  forget_replies();
  stale_ = latest_;
  next_probe_ = now + interval_;
  why_ = std::move(why);
}

void Breaker::reset() {
  const auto latest = latest_;
  *this = Breaker();
  latest_ = stale_ = latest;
}

std::string Breaker::why() const {
  return open_ ? "the breaker is open (" + why_ + "): one probe at a time" : std::string();
}

Breaker::State Breaker::state(MonoTime now, MonoTime valid_until) const {
  State state{open_, failures_, cap_, interval_, std::nullopt, why_};
  const bool may_leave = valid_until > now && next_probe_ <= valid_until;
  if (open_ && !probing() && !may_leave) {
    state.until_probe = std::chrono::ceil<milliseconds>(std::max(next_probe_ - now, microseconds(0)));
  }
  return state;
}

void Breaker::restore(State state, MonoTime now) {
  reset();
  open_ = state.open;
  for (int i = 0; i < std::min(state.failures, kFailures - 1); ++i) remember(true);
  cap_ = std::clamp(state.cap, 1, kNoCap);
  interval_ = std::clamp(state.interval, kFirstInterval, kLongestInterval);
  next_probe_ = now + std::min(state.until_probe.value_or(interval_), interval_);
  why_ = std::move(state.why);
}

}  // namespace fanout
