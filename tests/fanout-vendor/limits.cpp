#include "limits.h"

#include <algorithm>

namespace fanout_vendor {

SlidingWindow::SlidingWindow(Rate rate, bool refused_count)
    : rate_(std::move(rate)), refused_count_(refused_count) {}

void SlidingWindow::forget(std::deque<Instant>& times, Instant now) const {
  while (!times.empty() && times.front() + rate_.window <= now) times.pop_front();
}

Duration SlidingWindow::arrive(Instant now) {
  forget(arrivals_, now);
  forget(admitted_, now);
  arrivals_.push_back(now);
  max_seen_ = std::max(max_seen_, arrivals_.size());
  // Room for one more is there once all but limit - 1 of those that take room have left the window.
  const auto& taken = refused_count_ ? arrivals_ : admitted_;
  const auto others = refused_count_ ? taken.size() - 1 : taken.size();
  if (others < rate_.limit) return Duration::zero();
  return taken[taken.size() - rate_.limit] + rate_.window - now;
}

void SlidingWindow::admit(Instant now) {
  if (!refused_count_) admitted_.push_back(now);
}

InFlight::InFlight(Limits& limits) : limits_(&limits) {
  limits_->max_in_flight_ = std::max(limits_->max_in_flight_, ++limits_->in_flight_);
}

InFlight::~InFlight() {
  if (limits_ != nullptr) --limits_->in_flight_;
}

Limits::Limits(const std::vector<Rate>& rates, std::optional<std::uint64_t> concurrency, bool refused_count)
    : concurrency_(concurrency) {
  for (const auto& rate : rates) windows_.emplace_back(rate, refused_count);
}

std::optional<Duration> Limits::arrive(Instant now) {
  Duration wait{};
  refusing_window_ = Duration::zero();
  for (auto& window : windows_) {
    const Duration until_room = window.arrive(now);
    wait = std::max(wait, until_room);
    if (until_room > Duration::zero()) refusing_window_ = std::max(refusing_window_, window.rate().window);
  }
  if (wait > Duration::zero()) return wait;
  if (concurrency_ && in_flight_ > *concurrency_) return Duration::zero();
  for (auto& window : windows_) window.admit(now);
  return std::nullopt;
}

}  // namespace fanout_vendor
