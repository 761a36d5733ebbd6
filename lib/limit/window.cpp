#include "limit/window.h"

#include <algorithm>

namespace fanout {

Window::Window(Rate rate)
    : rate_(rate), grace_(least_grace(rate.window)), arrivals_(rate.window, rate.limit) {}

void Window::change_limit(std::int64_t limit) {
  rate_.limit = limit;
  arrivals_.expect(limit);
}

std::int64_t Window::count() const {
  return arrivals_.count() + unsent_ + static_cast<std::int64_t>(sent_.size());
}

void Window::advance(MonoTime now) {
  while (!sent_.empty() && sent_.front() + grace() <= now) {
    arrivals_.add(sent_.front() + grace());
    sent_.pop_front();
  }
  arrivals_.forget(now);
}

void Window::taken(MonoTime now) {
  advance(now);
  ++unsent_;
}

void Window::sent(MonoTime now) {
  advance(now);
  --unsent_;
  sent_.push_back(now);
}

bool Window::end(std::optional<MonoTime> sent, MonoTime now) {
  advance(now);
  if (!sent) {
    --unsent_;
    return true;
  }
  const auto found = std::lower_bound(sent_.begin(), sent_.end(), *sent);
  if (found == sent_.end() || *found != *sent) return false;
  sent_.erase(found);
  return true;
}

void Window::finished(std::optional<MonoTime> sent, MonoTime now) {
  if (end(sent, now)) arrivals_.add(now);
}

void Window::elsewhere(std::optional<MonoTime> sent, MonoTime now) { end(sent, now); }

void Window::on_its_way(std::optional<MonoTime> sent, MonoTime now) {
  if (!sent) {
    ++unsent_;
  } else {
    sent_.insert(std::upper_bound(sent_.begin(), sent_.end(), *sent), *sent);
  }
  advance(now);
}

MonoTime Window::next(MonoTime now) const {
  const std::int64_t too_many = count() - rate_.limit + 1;
  if (too_many <= 0) return now;
  if (too_many <= arrivals_.count()) return std::max(now, arrivals_.gone(too_many));
  const auto index = static_cast<std::size_t>(too_many - arrivals_.count() - 1);
  if (index >= sent_.size()) return MonoTime::max();
  return std::max(now, sent_[index] + grace() + rate_.window);
}

std::int64_t Window::room(MonoTime now, MonoTime until) const {
  std::int64_t still_there = count() - arrivals_.leaving_until(until);
  // The grace may shrink until then.
  for (const MonoTime sent : sent_) {
    if (sent + least_grace(rate_.window) + rate_.window > until) break;
    --still_there;
  }
  // In a short window those that leave now leave it again before then.
  const std::int64_t passing = rate_.limit * ((until - now) / microseconds(rate_.window));
  return passing + std::max<std::int64_t>(rate_.limit - still_there, 0);
}

}  // namespace fanout
