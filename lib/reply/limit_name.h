// The name of a header that speaks of a limit.
//
// Vendors build such names alike: something with "ratelimit" in it, the family, and behind it, in any order,
// what the value is (limit, remaining, reset, …) and of which bucket (minute, requests, …). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace fanout {

struct LimitName {
  enum class Says { all, limit, remaining, used, reset, reset_after, window, policy, bucket, retry_after };
  Says says = Says::all;
  std::string family;                  // "x-ratelimit"
  std::string bucket;                  // "minute"; empty: the only one
  std::optional<milliseconds> window;  // of a bucket that is named after it
  bool in_milliseconds = false;
};

// False for most of them, and quick: else read_limit_name() says whether it is about limits.
bool may_tell(std::string_view header);

// header: in lower case. Nothing for one that is about something else.
std::optional<LimitName> read_limit_name(std::string_view header);

// "minute", "daily", …, "30min"
std::optional<milliseconds> window_word(std::string_view word);

}  // namespace fanout
