// When requests reached a vendor, as far back as one span of time: a log of bounded length.
//
// Each entry says by when at the latest a request had arrived. Up to kMostBuckets are kept apart; where more
// are allowed, those that lie within 1/kMostBuckets of the span share a bucket, which counts until its latest
// entry has left. So the log errs on the safe side only, by at most 0.2 % of the span. Owned by the limiter,
// on the loop; never fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/time.h"

namespace fanout {

class Arrivals {
 public:
  static constexpr std::int64_t kMostBuckets = 512;

  struct Bucket {
    MonoTime first;
    MonoTime latest;
    std::int64_t count = 0;
  };

  // most: how many the span is meant to hold.
  Arrivals(milliseconds span, std::int64_t most) : span_(span) { expect(most); }

  void expect(std::int64_t most);
  // One that is older than what is already there counts as if it had come with the latest.
  void add(MonoTime at, std::int64_t count = 1);
  void forget(MonoTime now);

  milliseconds span() const { return span_; }
  std::int64_t count() const { return count_; }
  // When `count` of them will have left; MonoTime::max() if there are fewer.
  MonoTime gone(std::int64_t count) const;
  std::int64_t leaving_until(MonoTime until) const;

  const std::deque<Bucket>& buckets() const { return buckets_; }
  // The same in at most so many buckets.
  std::vector<Bucket> in_few(std::size_t most) const;

 private:
  milliseconds span_;
  microseconds width_{0};
  std::deque<Bucket> buckets_;  // by time
  std::int64_t count_ = 0;
};

}  // namespace fanout
