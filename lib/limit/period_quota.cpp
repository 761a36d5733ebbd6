#include "limit/period_quota.h"

#include <algorithm>

namespace fanout {
namespace {

Rate as_rate(const Period& period) {
  return {period.limit,
          std::max(std::chrono::floor<milliseconds>(period.ends - period.begins), milliseconds(1000))};
}

}  // namespace

PeriodQuota::PeriodQuota(const Period& period, MonoTime now)
    : period_(period), pace_(as_rate(period), 1, now) {}

void PeriodQuota::change(const Period& period, std::int64_t in_flight, MonoTime now) {
  if (period.begins > period_.begins + kSame) {
    used_ = late_ + in_flight;
    late_ = 0;
  }
  period_ = period;
  pace_.change(as_rate(period_), 1, now);
}

// What costs more than all of it goes alone.
MonoTime PeriodQuota::next(MonoTime now, int cost) const {
  const auto next = std::max(now, pace_.next());
  const bool fits = used_ + std::min<std::int64_t>(cost, period_.limit) <= period_.limit;
  return fits ? next : std::max(next, period_.ends);
}

std::int64_t PeriodQuota::room(MonoTime now, MonoTime until) const {
  const auto left = std::max<std::int64_t>(period_.limit - used_, 0);
  if (until < period_.ends) return std::min(left, pace_.room(now, until));
  const auto length = period_.ends - period_.begins;
  const auto whole = (until - period_.ends) / length;  // periods, and a part of the one after them
  const auto part = until - period_.ends - whole * length;
  const auto interval = std::max(pace_.interval(), microseconds(1));
  return left + whole * period_.limit + std::min<std::int64_t>(period_.limit, part / interval + 1);
}

// When the last of them leaves.
milliseconds PeriodQuota::time_for(std::int64_t cost, MonoTime now) const {
  const auto left = std::max<std::int64_t>(period_.limit - used_, 0);
  const auto before = std::max<std::int64_t>(cost - 1, 0);
  if (cost <= left)
    return std::chrono::ceil<milliseconds>(std::max(pace_.next(), now) - now + pace_.interval() * before);
  constexpr std::int64_t kLongest = 10'000;
  const auto further = before - left;
  const auto whole = std::min(further / period_.limit, kLongest);
  const auto length = period_.ends - period_.begins;
  return std::chrono::ceil<milliseconds>(period_.ends - now + length * whole +
                                         pace_.interval() * (further % period_.limit));
}

void PeriodQuota::taken(MonoTime now, int cost) {
  pace_.taken(now, cost);
  used_ += cost;
  if (now >= period_.ends - 2 * Period::kAround) late_ += cost;
}

SavedPeriod PeriodQuota::save(std::int64_t leaving, MonoTime now) const {
  return {used_ + leaving, late_ + leaving, std::chrono::floor<milliseconds>(now - period_.begins)};
}

void PeriodQuota::restore(const SavedPeriod& saved, MonoTime then) {
  const bool same = then - saved.began_ago + kSame >= period_.begins;
  used_ = same ? saved.used : saved.late;
  late_ = same ? saved.late : 0;
}

}  // namespace fanout
