#include "sim/witness.h"

#include <fmt/format.h>

#include <algorithm>

namespace fanout::sim {
namespace {

constexpr microseconds kForever = microseconds::max();
constexpr microseconds kLongestRequest =
    seconds(32);  // taken under what held then, it may still be on its way
constexpr microseconds kLongestWindow = std::chrono::hours(25);

}  // namespace

void Witness::promise(const VendorPlan& plan) {
  const auto now = timeline_.now();
  for (auto& old : promises_) {
    if (old.to == kForever && std::ranges::find(plan.rates, old.rate) == plan.rates.end()) old.to = now;
  }
  for (const auto& rate : plan.rates) {
    const bool holds = std::ranges::any_of(
        promises_, [&](const Promise& each) { return each.to == kForever && each.rate == rate; });
    // A window counts from when all that left under the old ones has arrived.
    if (!holds)
      promises_.push_back({rate, now + (promises_.empty() ? microseconds(0) : seconds(1)), kForever});
  }
  for (auto& each : concurrency_) each.until = std::min(each.until, now + kLongestRequest);
  concurrency_.push_back({plan.concurrency, kForever});
  timeout_ = plan.timeout;
}

void Witness::arrived() {
  const auto now = timeline_.now();
  arrivals_.push_back(now);
  ++total_;
  while (now - arrivals_.front() > kLongestWindow) arrivals_.pop_front();
  check_windows();
  ++in_flight_;
  int most = 0;
  for (const auto& each : concurrency_)
    if (now <= each.until) most = std::max(most, each.most);
  if (in_flight_ > most)
    journal_.found(fmt::format("{} sees {} requests at once, {} are allowed", vendor_, in_flight_, most));
}

void Witness::check_windows() {
  const auto now = timeline_.now();
  for (const auto& promise : promises_) {
    if (now > promise.to) continue;
    std::int64_t count = 0;
    for (auto each = arrivals_.rbegin(); each != arrivals_.rend(); ++each) {
      if (now - *each >= promise.rate.window || *each < promise.from) break;
      ++count;
    }
    if (count > promise.rate.limit) {
      journal_.found(
          fmt::format("{} sees {} requests in a window of {}", vendor_, count, format_rate(promise.rate)));
    }
  }
}

void Witness::left() {
  if (in_flight_ > 0) --in_flight_;
}

void Witness::quiet(microseconds until, std::uint64_t order) {
  std::erase_if(quiet_, [&](const Quiet& each) { return each.until <= timeline_.now(); });
  quiet_.push_back({timeline_.now(), until, order});
}

void Witness::asked(std::uint64_t order, const std::string& target) {
  for (const auto& each : quiet_) {
    if (order <= each.order || timeline_.now() >= each.until) continue;
    journal_.found(fmt::format("{} is asked for {} though it wants quiet for {} ms more", vendor_, target,
                               (each.until - timeline_.now()).count() / 1000));
  }
}

void Witness::forget_recent_quiet(microseconds since) {
  std::erase_if(quiet_, [&](const Quiet& each) { return each.from >= timeline_.now() - since; });
}

void Witness::down(microseconds until) {
  // The breaker opens when half of the last 20 replies are failures; as many as may be in flight come on top.
  // Then probes, at intervals that double from one second to half a minute.
  int most = 0;
  for (const auto& each : concurrency_) most = std::max(most, each.most);
  std::int64_t probes = 0;
  microseconds interval = seconds(1);
  for (auto at = timeline_.now(); at < until; at += interval) {
    ++probes;
    interval = std::min<microseconds>(interval * 2, seconds(30));
  }
  // In the minute in which others have just been answered well, a task that fails again may be the one to
  // blame.
  in_flight_allowed_ = 10 + most + most * static_cast<int>(std::chrono::minutes(1) / timeout_);
  down_ = Down{timeline_.now(), probes + in_flight_allowed_, 0};
}

void Witness::crashed_while_down() {
  if (down_) down_->allowed += in_flight_allowed_ + 2;
}

void Witness::attempted() {
  if (!down_ || timeline_.now() < down_->from) return;
  if (++down_->attempts > down_->allowed) {
    journal_.found(fmt::format("{} is down and is asked {} times; {} are enough", vendor_, down_->attempts,
                               down_->allowed));
  }
}

}  // namespace fanout::sim
