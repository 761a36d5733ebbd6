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
  return std::min(std::max<std::int64_t>(period_.limit - used_, 0), pace_.room(now, until));
}

milliseconds PeriodQuota::time_for(std::int64_t cost, MonoTime now) const {
  const auto left = std::max<std::int64_t>(period_.limit - used_, 0);
  if (cost <= left) return std::chrono::ceil<milliseconds>(pace_.interval() * cost);
  const auto further = cost - left;
  const auto whole = (further - 1) / period_.limit;  // periods, and a part of the one after them
  constexpr std::int64_t kLongest = 10'000;
  const auto length = period_.ends - period_.begins;
  const auto rest = pace_.interval() * (further - whole * period_.limit);
  return std::chrono::ceil<milliseconds>(period_.ends - now + length * std::min(whole, kLongest) + rest);
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
