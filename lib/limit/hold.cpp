#include "limit/hold.h"

#include <algorithm>

namespace fanout {
namespace {

constexpr milliseconds kFirstOwn{1000};
constexpr milliseconds kLongestOwn = std::chrono::minutes(5);
constexpr milliseconds kLongestAsked = std::chrono::hours(24 * 30);
// It is a repeated one when it comes within so many times the last one's length of its end; so at most one
// part in about so many of the time is lost to a limit that nobody told us.
constexpr int kRepeatedWithin = 10;

}  // namespace

void Hold::begin(MonoTime taken, MonoTime now, std::optional<milliseconds> asked) {
  auto length = std::min(asked.value_or(milliseconds(0)), kLongestAsked);
  if (length <= milliseconds(0)) {
    // The replies to requests that were in flight together are one occasion.
    const bool same_occasion = told_at_ && taken <= *told_at_ && own_length_ > milliseconds(0);
    const bool repeated = until_ && taken < *until_ + own_length_ * kRepeatedWithin;
    if (!same_occasion)
      own_length_ = repeated ? std::clamp(own_length_ * 2, kFirstOwn, kLongestOwn) : kFirstOwn;
    length = own_length_;
  }
  told_at_ = now;
  until_ = std::max(until_.value_or(MonoTime::min()), now + length);
}

void Hold::restore(std::optional<MonoTime> until, milliseconds own_length) {
  if (until) until_ = until;
  own_length_ = own_length;
}

}  // namespace fanout
