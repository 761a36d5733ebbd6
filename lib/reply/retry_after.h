// How long a vendor asks for quiet, in every form that is in use.
//
// Retry-After as delta-seconds or HTTP date (RFC 9110 §10.2.3), as unix epoch in seconds or milliseconds, as
// RFC 3339, as a duration ("30s"). Where it is absent, the moment at which a limit begins anew, or else its
// window. Most vendors tell that with every reply, so it counts only where nothing remains, or on a 429.
//
// Pure; what can't be read is as if it were not there.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"
#include "limit/told_limit.h"

namespace fanout {

struct Quiet {
  std::optional<milliseconds> wait;
  bool nothing_remains = false;  // a limit is used up
};

Quiet quiet_of(int status, const ToldLimits& told);

// One such text: seconds or a moment. Never negative, and never longer than a day: a vendor's slip must not
// stop us for a year.
std::optional<milliseconds> read_wait(std::string_view text, WallTime now);

// An HTTP date or RFC 3339.
std::optional<WallTime> read_moment(std::string_view text, WallTime now);

// A number of seconds from here on is not a delay but a point in time: it would be more than three years.
// From there on it is one in milliseconds: as seconds it would be the year 5138.
inline constexpr double kEpochSeconds = 1e8;
inline constexpr double kEpochMilliseconds = 1e11;

}  // namespace fanout
