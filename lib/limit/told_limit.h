// What a reply tells of its vendor's limits. Values, read by reply/told_limits.h; limit/told.h keeps to them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace fanout {

struct ToldLimit {
  std::string name;             // of its headers, and of what it is for: "x-ratelimit core"
  std::optional<double> limit;  // some vendors allow half a request a second
  std::optional<std::int64_t> remaining;
  std::optional<milliseconds> reset_in;  // from now on
  std::optional<milliseconds> window;
  bool of_requests = true;  // else of bytes, tokens or cost: of those only a used-up one says something to us
};

// A value that is none, such as a reset of -7 or of 2^63: ignored and counted.
struct Nonsense {
  enum class Of { limit, remaining, reset, window, retry_after, cost };
  Of of = Of::limit;
  std::string text;  // "x-ratelimit-reset: -7"
};
inline constexpr int kKindsOfNonsense = 6;

struct ToldLimits {
  std::vector<ToldLimit> limits;
  std::optional<milliseconds> retry_after{};
  std::vector<Nonsense> nonsense{};
  std::optional<int> cost{};  // of the request
};

// The one of several that binds: of which least remains. Null if there are none.
const ToldLimit* tightest(const std::vector<ToldLimit>& limits);

}  // namespace fanout
