#include "limit/arrivals.h"

#include <algorithm>

namespace fanout {

void Arrivals::expect(std::int64_t most) {
  width_ = most <= kMostBuckets ? microseconds(0) : microseconds(span_) / kMostBuckets;
}

void Arrivals::add(MonoTime at, std::int64_t count) {
  if (count <= 0) return;
  count_ += count;
  if (!buckets_.empty() && at - buckets_.back().first <= width_) {
    Bucket& last = buckets_.back();
    last.latest = std::max(last.latest, at);
    last.count += count;
  } else {
    buckets_.push_back({at, at, count});
  }
}

void Arrivals::forget(MonoTime now) {
  while (!buckets_.empty() && buckets_.front().latest + span_ <= now) {
    count_ -= buckets_.front().count;
    buckets_.pop_front();
  }
}

MonoTime Arrivals::gone(std::int64_t count) const {
  for (const Bucket& bucket : buckets_) {
    count -= bucket.count;
    if (count <= 0) return bucket.latest + span_;
  }
  return MonoTime::max();
}

std::int64_t Arrivals::leaving_until(MonoTime until) const {
  std::int64_t leaving = 0;
  for (const Bucket& bucket : buckets_) {
    if (bucket.latest + span_ > until) break;
    leaving += bucket.count;
  }
  return leaving;
}

std::vector<Arrivals::Bucket> Arrivals::in_few(std::size_t most) const {
  const std::size_t each = (buckets_.size() + most - 1) / most;
  std::vector<Bucket> few;
  few.reserve(std::min(most, buckets_.size()));
  std::size_t index = 0;
  for (const Bucket& bucket : buckets_) {
    if (index++ % each == 0) {
      few.push_back(bucket);
    } else {
      few.back().latest = bucket.latest;
      few.back().count += bucket.count;
    }
  }
  return few;
}

}  // namespace fanout
