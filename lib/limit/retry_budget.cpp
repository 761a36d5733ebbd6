#include "limit/retry_budget.h"

#include <fmt/format.h>

namespace fanout {
namespace {

constexpr milliseconds kNoneAnyMore{1000};

}  // namespace

std::string RetryBudget::text() const {
  return fmt::format("the retry budget ({:g} % of the other requests)", 100 * share_);
}

void RetryBudget::taken(bool retry, MonoTime now) {
  if (retry) {
    if (tokens_ >= 1) --tokens_;
    latest_retry_ = now;
    return;
  }
  tokens_ = std::min(tokens_ + share_, kMost);
  if (!latest_first_ || now - *latest_first_ > kNoneAnyMore) measured_ = 0;
  latest_first_ = now;
  if (measured_ == 0) measured_from_ = now;
  if (++measured_ <= kMeasured) return;
  const auto took = std::chrono::duration<double>(std::max(now - measured_from_, microseconds(1)));
  rate_ = kMeasured / took.count();
  measured_ = 0;
}

microseconds RetryBudget::interval(MonoTime now) const {
  const bool none_any_more = !latest_first_ || now - *latest_first_ > kNoneAnyMore;
  const double a_second = std::max(kAlways, none_any_more ? share_ * rate_ : 0);
  return std::chrono::ceil<microseconds>(std::chrono::duration<double>(1 / a_second));
}

MonoTime RetryBudget::next(MonoTime now) const {
  if (tokens_ >= 1 || !latest_retry_) return now;
  return std::max(now, *latest_retry_ + interval(now));
}

std::int64_t RetryBudget::room(MonoTime now, MonoTime until) const {
  const auto paid = static_cast<std::int64_t>(tokens_);
  const auto next = latest_retry_ ? std::max(now, *latest_retry_ + interval(now)) : now;
  return paid + (until < next ? 0 : (until - next) / interval(now) + 1);
}

}  // namespace fanout
