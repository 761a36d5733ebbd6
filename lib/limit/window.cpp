#include "limit/window.h"

#include <algorithm>

namespace fanout {

Window::Window(Rate rate)
    : rate_(rate), grace_(least_grace(rate.window)), arrivals_(rate.window, rate.limit) {}

void Window::change_limit(std::int64_t limit) {
  rate_.limit = limit;
  arrivals_.expect(limit);
}

void Window::advance(MonoTime now) {
  while (!sent_.empty() && sent_.front().at + grace() <= now) {
    arrivals_.add(sent_.front().at + grace(), sent_.front().cost);
    sent_cost_ -= sent_.front().cost;
    sent_.pop_front();
  }
  arrivals_.forget(now);
}

void Window::taken(MonoTime now, int cost) {
  advance(now);
  unsent_ += cost;
}

void Window::sent(MonoTime now, int cost) {
  advance(now);
  unsent_ -= cost;
  sent_.push_back({now, cost});
  sent_cost_ += cost;
}

bool Window::end(const Flight::Request& request, MonoTime now) {
  advance(now);
  if (!request.sent) {
    unsent_ -= request.cost;
    return true;
  }
  // Those of one moment may differ in cost.
  auto found = std::ranges::lower_bound(sent_, *request.sent, {}, &Sent::at);
  while (found != sent_.end() && found->at == *request.sent && found->cost != request.cost) ++found;
  if (found == sent_.end() || found->at != *request.sent) return false;
  sent_cost_ -= request.cost;
  sent_.erase(found);
  return true;
}

void Window::finished(const Flight::Request& request, MonoTime now) {
  if (end(request, now)) {
    arrivals_.add(now, request.counts());
  } else if (request.more() > 0) {
    arrivals_.add(now, request.more());
  }
}

void Window::elsewhere(const Flight::Request& request, MonoTime now) { end(request, now); }

void Window::on_its_way(const Flight::Request& request, MonoTime now) {
  if (!request.sent) {
    unsent_ += request.cost;
  } else {
    const Sent sent{*request.sent, request.cost};
    sent_.insert(std::ranges::upper_bound(sent_, sent.at, {}, &Sent::at), sent);
    sent_cost_ += sent.cost;
  }
  advance(now);
}

MonoTime Window::next(MonoTime now, int cost) const {
  // What costs more than the limit goes alone.
  auto too_many = count() - rate_.limit + std::min<std::int64_t>(cost, rate_.limit);
  if (too_many <= 0) return now;
  if (too_many <= arrivals_.count()) return std::max(now, arrivals_.gone(too_many));
  too_many -= arrivals_.count();
  for (const Sent& sent : sent_) {
    too_many -= sent.cost;
    if (too_many <= 0) return std::max(now, sent.at + grace() + rate_.window);
  }
  return MonoTime::max();
}

std::int64_t Window::room(MonoTime now, MonoTime until) const {
  std::int64_t still_there = count() - arrivals_.leaving_until(until);
  // The grace may shrink until then.
  for (const Sent& sent : sent_) {
    if (sent.at + least_grace(rate_.window) + rate_.window > until) break;
    still_there -= sent.cost;
  }
  // In a short window those that leave now leave it again before then.
  const std::int64_t passing = rate_.limit * ((until - now) / microseconds(rate_.window));
  return passing + std::max<std::int64_t>(rate_.limit - still_there, 0);
}

}  // namespace fanout
