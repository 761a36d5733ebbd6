// How long a vendor asks for quiet, in every form that is in use.
//
// Retry-After as delta-seconds or HTTP date (RFC 9110 §10.2.3), as unix epoch in seconds or milliseconds, as
// RFC 3339, as a duration ("30s"). Where it is absent, the headers that say when a window ends:
// RateLimit-Reset, X-RateLimit-Reset, X-Rate-Limit-Reset, their -Reset-After (delta or epoch),
// X-Rate-Limit-Window (the window's length) and RateLimit with r and t. Most vendors send those with every
// reply, so they count only where the window has nothing left, or on a 429.
//
// Pure; what can't be read is as if it were not there.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace fanout {

struct Quiet {
  std::optional<milliseconds> wait;
  bool nothing_remains = false;  // a window says that it is used up
};

// header: gives the value of a header by its lower-case name, empty if there is none.
Quiet read_quiet(int status, const std::function<std::string_view(std::string_view)>& header, WallTime now);

// One such text: seconds or a moment. Never negative, and never longer than a day: a vendor's slip must not
// stop us for a year.
std::optional<milliseconds> read_wait(std::string_view text, WallTime now);

}  // namespace fanout
